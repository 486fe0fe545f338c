/** Puts the page together. */

import { announce, el } from './dom.js';
import { Alerts, Events, Tables, Tabs, Topics } from './details.js';
import { Faults } from './faults.js';
import { poll, runner, watch } from './feed.js';
import { Journey } from './journey.js';
import { Pipeline } from './pipeline.js';
import { Store } from './store.js';

/** How often the runner's state is asked for, in milliseconds. */
const EVERY = 1_000;

async function start() {
  const about = await runner.model();
  const { model, environment } = about;
  document.title = `${model.app.name} – local run`;
  document.getElementById('app').textContent = model.app.name;
  document.getElementById('environment').textContent = environment.name;
  document.getElementById('description').textContent = model.description;

  const store = new Store(model.topics);
  const pipeline = new Pipeline(about, store);
  const events = new Events(store);
  const topics = new Topics(about, store);
  const alerts = new Alerts(() => tabs.current === 'alerts');
  const tables = new Tables(about, store, () => tabs.current === 'tables');
  const tabs = new Tabs(document.getElementById('details'), (name) => {
    if (name === 'tables') void tables.load();
    if (name === 'alerts') void alerts.load();
  });
  const places = new Set();
  const faults = new Faults(about, store, (place) => {
    const record = store.records.get(place);
    if (record) events.choose(record, true);
    else places.add(place);
    tabs.show('events');
  });
  store.addEventListener('stage', ({ detail: { record, stage } }) => {
    if (places.delete(record.key)) events.choose(record, true);
    if (stage === 'alerted') alerts.later();
  });
  store.addEventListener('broker', ({ detail: { down } }) => pipeline.broker(down));
  store.addEventListener('notice', () => {
    const [notice] = store.notices;
    document.getElementById('notice').textContent = notice.detail;
  });
  new Journey(about, store, (eventId) => events.follow(eventId));

  let gone = false;
  watch(
    (happening) => store.take(happening),
    (live) => {
      const feed = document.getElementById('feed');
      feed.dataset.state = live ? 'up' : 'down';
      feed.textContent = live ? 'Live' : 'Runner gone';
      if (live === !gone) return;
      gone = !live;
      if (gone) faults.unknown();
      else faults.show(store.brokerDown);
      announce(gone ? 'The runner is gone' : 'The runner is back', gone);
    },
    () => store.lastSeq,
  );
  poll(EVERY, (state) => {
    // One that was started anew counts from the beginning, and knows nothing of what was before.
    if (state.run !== about.run) {
      location.reload();
      return;
    }
    store.broker(state.brokerDown);
    pipeline.state(state, about.names);
    pipeline.numbers();
    topics.update(state);
    tables.update(state);
    const many = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;
    document.getElementById('connections').textContent = many(state.connections, 'connection');
    document.getElementById('alert-count').textContent = state.alerts > 0 ? String(state.alerts) : '';
    if (state.alerts !== alerts.known) alerts.later();
  });
  document.body.dataset.ready = 'true';
}

start().catch((error) => {
  document.getElementById('main').replaceChildren(el('p', { class: 'broken', role: 'alert' }, `The page can't start: ${error.message}`));
});
