//! What every generated type rests on.

mod checks;
mod cloudevents;
mod ids;
mod sample;
mod views;
