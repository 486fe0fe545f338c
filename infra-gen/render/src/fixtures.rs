//! `fixtures/`: an example of each event and of each request, for tests in every language.

use model::Model;

use crate::{File, example};

/// Every file of this renderer.
pub(crate) fn render(model: &Model) -> Vec<File> {
    let mut files = vec![];
    for topic in &model.topics {
        let name = &topic.name.name;
        let event = example::event(model, topic);
        files.push(File::new(format!("fixtures/{name}.json"), example::pretty(&event)));
        if topic.producer.is_some() {
            let request = example::request(model, topic);
            files.push(File::new(format!("fixtures/{name}.request.json"), example::pretty(&request)));
        }
    }
    files
}
