//! Embeds the templates, so that rendering reads no disk.

fn main() {
    minijinja_embed::embed_templates!("../../templates", &[".j2"]);
}
