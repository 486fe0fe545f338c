//! Circles in a graph.

use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// The circles among the nodes `0..count`, each found once, where it closes; its first node is repeated at the end.
pub(crate) fn cycles(count: usize, edges: &BTreeMap<usize, Vec<usize>>) -> Vec<Vec<usize>> {
    let mut state = vec![State::New; count];
    let none = Vec::new();
    let mut cycles = Vec::new();
    for root in 0..count {
        if state[root] != State::New {
            continue;
        }
        // A stack of (node, next edge): recursion could run deep.
        let mut stack = vec![(root, 0)];
        state[root] = State::Open;
        while let Some((at, next)) = stack.last_mut() {
            let Some(&to) = edges.get(at).unwrap_or(&none).get(*next) else {
                state[*at] = State::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            match state[to] {
                State::New => {
                    state[to] = State::Open;
                    stack.push((to, 0));
                }
                State::Open => {
                    let start = stack.iter().position(|(node, _)| *node == to).unwrap_or(0);
                    cycles.push(stack[start..].iter().map(|(node, _)| *node).chain([to]).collect());
                }
                State::Done => {}
            }
        }
    }
    cycles
}
