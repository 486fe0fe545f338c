/** Trouble to cause, and to watch. */

import { announce, busy, el, isBusy, words } from './dom.js';
import { runner } from './feed.js';

export class Faults {
  #down = false;
  #store;

  constructor(about, store, follow) {
    this.#store = store;
    this.topic = document.getElementById('poison-topic');
    this.poison = document.getElementById('poison');
    this.broker = document.getElementById('broker');
    this.said = document.getElementById('fault-said');
    const read = about.model.topics.filter((topic) => topic.consumer);
    this.topic.append(...read.map((topic) => el('option', { value: topic.name.name }, words(topic.name.name))));
    this.poison.addEventListener('click', () => void this.#poison(follow));
    this.broker.addEventListener('click', () => void this.#outage());
    store.addEventListener('broker', ({ detail: { down } }) => {
      // Another page may have caused it.
      if (down !== this.#down) this.#outageSaid(down);
    });
    store.addEventListener('stage', ({ detail: { record, stage } }) => {
      if (stage === 'alerted' && record.quarantined) {
        this.say(`Quarantined: partition ${record.partition} of ${record.topic} goes on, support was told.`);
      }
    });
  }

  show(down) {
    this.#down = down;
    this.broker.setAttribute('aria-pressed', String(down));
    this.broker.textContent = down ? 'Bring the broker back' : 'Take the broker down';
    document.body.classList.toggle('broker-down', down);
    const state = document.getElementById('broker-state');
    state.dataset.state = down ? 'down' : 'up';
    state.textContent = down ? 'Broker down' : 'Broker up';
  }

  /** Nothing is known of the broker while the runner is gone. */
  unknown() {
    const state = document.getElementById('broker-state');
    state.dataset.state = 'wait';
    state.textContent = 'Broker unknown';
  }

  #outageSaid(down) {
    this.show(down);
    this.say(
      down
        ? 'The broker is down: a step is refused with 503 as soon as its function gives up, which takes seconds, and nothing is half-sent.'
        : 'The broker is back: what waited goes on.',
    );
  }

  say(text, urgent = false) {
    this.said.textContent = text;
    announce(text, urgent);
  }

  async #poison(follow) {
    if (isBusy(this.poison)) return;
    busy(this.poison, true);
    try {
      const { topic, partition, offset } = await runner.fault({ kind: 'poison', topic: this.topic.value });
      const place = `${topic}/${partition}/${offset}`;
      follow(place);
      // It may be dealt with by now.
      if (!this.#store.records.get(place)?.quarantined) {
        this.say(`A record that is no event is in partition ${partition} of ${topic}.`);
      }
    } catch (error) {
      this.say(error.message, true);
    } finally {
      busy(this.poison, false);
    }
  }

  async #outage() {
    if (isBusy(this.broker)) return;
    const down = !this.#down;
    busy(this.broker, true);
    try {
      await runner.fault({ kind: 'broker', down });
      this.#store.broker(down);
    } catch (error) {
      this.say(error.message, true);
    } finally {
      busy(this.broker, false);
    }
  }
}
