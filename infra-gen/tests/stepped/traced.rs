//! A process that goes from system call to system call.

use std::process::{Command, Stdio};

use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill, raise};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::scene::{Scene, Version};

/// A run that stands still after so many system calls.
pub(crate) struct Moment {
    pub(crate) run: Traced,
    pub(crate) calls: usize,
}

/// Stops this process until a tracer lets it go on.
pub(crate) fn wait_for_tracer() {
    raise(Signal::SIGSTOP).unwrap();
}

/// A run that brings a scene to a version.
pub(crate) struct Traced {
    pid: Pid,
    no_exchange: bool,
}

impl Traced {
    /// Starts it; it stands before the first call of its work. Fails where no process may trace another.
    pub(crate) fn start(scene: &Scene, version: Version, no_exchange: bool) -> nix::Result<Self> {
        #[expect(clippy::zombie_processes, reason = "`waitpid` reaps it")]
        let child = Command::new(std::env::current_exe().unwrap())
            .arg("--write")
            .arg(scene.root())
            .arg(format!("{version:?}"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(child.id().cast_signed());
        assert!(matches!(waitpid(pid, Some(WaitPidFlag::WUNTRACED))?, WaitStatus::Stopped(..)));
        if let Err(error) = ptrace::attach(pid) {
            kill(pid, Signal::SIGKILL)?;
            waitpid(pid, None)?;
            return Err(error);
        }
        waitpid(pid, None)?;
        ptrace::setoptions(pid, ptrace::Options::PTRACE_O_TRACESYSGOOD | ptrace::Options::PTRACE_O_EXITKILL)?;
        // Else every thread that it starts would stop as well.
        kill(pid, Signal::SIGCONT)?;
        let run = Self { pid, no_exchange };
        // The call with which it stopped itself returns first.
        assert!(run.to_next_stop());
        Ok(run)
    }

    /// Lets it do so many system calls; `false` when it ended before.
    pub(crate) fn calls(&mut self, calls: usize) -> bool {
        (0..calls).all(|_| {
            self.to_next_stop() && {
                if self.no_exchange {
                    refuse_exchange(self.pid).unwrap();
                }
                self.to_next_stop()
            }
        })
    }

    pub(crate) fn kill(self) {
        kill(self.pid, Signal::SIGKILL).unwrap();
        while !matches!(waitpid(self.pid, None).unwrap(), WaitStatus::Signaled(..)) {}
    }

    /// Lets it go on to its end.
    pub(crate) fn finish(&mut self) {
        ptrace::detach(self.pid, None).unwrap();
        assert_eq!(waitpid(self.pid, None).unwrap(), WaitStatus::Exited(self.pid, 0));
    }

    /// Lets it go to the next beginning or end of a system call; `false` when it ended instead.
    fn to_next_stop(&self) -> bool {
        let mut signal = None;
        loop {
            ptrace::syscall(self.pid, signal.take()).unwrap();
            match waitpid(self.pid, None).unwrap() {
                WaitStatus::PtraceSyscall(_) => return true,
                // These it was started with.
                WaitStatus::Stopped(_, Signal::SIGSTOP | Signal::SIGCONT) => {}
                WaitStatus::Stopped(_, other) => signal = Some(other),
                WaitStatus::Exited(_, code) => {
                    assert_eq!(code, 0);
                    return false;
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Makes the system one that can't exchange two folders.
#[cfg(target_arch = "x86_64")]
fn refuse_exchange(pid: Pid) -> nix::Result<()> {
    let mut registers = ptrace::getregs(pid)?;
    if registers.orig_rax == nix::libc::SYS_renameat2.cast_unsigned() {
        // There is no such call, so the kernel answers ENOSYS.
        registers.orig_rax = u64::MAX;
        ptrace::setregs(pid, registers)?;
    }
    Ok(())
}

/// Elsewhere the registers have other names; the exchange is made.
#[cfg(not(target_arch = "x86_64"))]
fn refuse_exchange(_: Pid) -> nix::Result<()> {
    Ok(())
}
