//! The output folder is written by a process that is stopped after each of its system calls, to be killed there, or to
//! be overtaken by somebody else's work in the folder.
//!
//! This program is also that process: `stepped --write DIR VERSION`.

#[cfg(target_os = "linux")]
mod scene;
#[cfg(target_os = "linux")]
mod traced;
#[cfg(target_os = "linux")]
#[path = "../cli/tree.rs"]
mod tree;

#[cfg(target_os = "linux")]
mod steps {
    use std::path::Path;

    use crate::scene::{Scene, Version};
    use crate::traced::{self, Moment, Traced};

    pub(crate) fn main() {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        if let [write, root, version] = arguments.as_slice()
            && write == "--write"
        {
            traced::wait_for_tracer();
            return Version::parse(version).write(Path::new(root));
        }
        let tests: [(&str, fn()); 3] = [
            ("killed_after_any_system_call", || killed(false)),
            ("killed_after_any_system_call_where_folders_cannot_be_exchanged", || killed(true)),
            ("overtaken_after_any_system_call", overtaken),
        ];
        if let Err(error) = Traced::start(&Scene::new(), Version::B, false).map(|mut run| run.finish()) {
            return say(&format!("nothing tested: this machine allows no tracing ({error})"));
        }
        for (name, test) in tests {
            test();
            say(&format!("test {name} ... ok"));
        }
    }

    #[expect(clippy::print_stdout, reason = "it has no test harness to do it")]
    fn say(text: &str) {
        println!("{text}");
    }

    /// Whatever the moment, the folder is the old one or the new one, and the next run finishes and tidies up.
    fn killed(no_exchange: bool) {
        let scene = Scene::new();
        each_moment(&scene, no_exchange, |version, moment| {
            let Moment { run, .. } = moment;
            run.kill();
            let found = scene.tree();
            // Between two renames the folder is missing, and the next run has to put it back.
            let set_aside =
                no_exchange && !scene.out().exists() && scene.set_aside() == scene.expected(version.other());
            let whole = [version, version.other()].map(|version| scene.expected(version)).contains(&found);
            assert!(whole || set_aside, "neither the old tree nor the new: {found:#?}");
        });
    }

    /// Whatever the moment at which somebody works in the folder, what they did is what is there in the end.
    fn overtaken() {
        let scene = Scene::new();
        each_moment(&scene, false, |version, moment| {
            let Moment { mut run, calls } = moment;
            let text = calls.to_string();
            scene.work(&text);
            run.finish();
            scene.assert_work(&text);
            scene.undo_work();
            assert_eq!(scene.tree(), scene.expected(version), "after {calls} calls");
        });
    }

    /// Writes one version after the other, each time stopped a system call later than before.
    fn each_moment(scene: &Scene, no_exchange: bool, mut test: impl FnMut(Version, Moment)) {
        let mut version = Version::B;
        for calls in 0.. {
            let mut run = Traced::start(scene, version, no_exchange).expect("it could be traced before");
            let stopped = run.calls(calls);
            if stopped {
                test(version, Moment { run, calls });
            }
            version.write(scene.root());
            assert_eq!(scene.tree(), scene.expected(version), "after {calls} calls");
            scene.assert_tidy();
            if !stopped {
                assert!(calls > 100, "only {calls} system calls were seen");
                return;
            }
            version = version.other();
        }
    }
}

#[cfg(target_os = "linux")]
fn main() {
    steps::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
