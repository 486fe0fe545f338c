//! Reads topics.yaml into the model, or says with file, line and column why it can't.
