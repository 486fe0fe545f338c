//! Runs the program as a user does, and looks at what it says and what it leaves.

mod check;
mod concurrent;
mod drafts;
mod errors;
mod foreign;
mod help;
mod hostile;
mod killed;
mod project;
mod streams;
mod synth;
mod tree;
