/** The picture of the pipeline: a lane for each topic, and a token for each record that goes through it. */

import { el, span, words } from './dom.js';
import { SPANS } from './store.js';

/** A token stays this long at a stop: what takes 2 ms could not be seen. In milliseconds. */
const STOP = 240;

/** More tokens than that are a blur. */
const MOST_TOKENS = 36;

/** So many stops light up in a tenth of a second: more can't be told apart, and would cost a busy pipeline its pace. */
const MOST_FLASHES = 40;

const ICONS = {
  producer: 'M4 12h11M11 7l5 5-5 5M19 5v14',
  topic: 'M4 6h16M4 12h16M4 18h16',
  consumer: 'M12 3l7.8 4.5v9L12 21l-7.8-4.5v-9zM12 12l7.8-4.5M12 12v9M12 12L4.2 7.5',
  table: 'M4 5h16v14H4zM4 10h16M10 10v9',
  alert: 'M6 16V11a6 6 0 0112 0v5l2 2H4zM10 21h4',
  socket: 'M4 5h16v11H4zM9 20h6M12 16v4',
};

const icon = (kind) =>
  el('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, el('path', { d: ICONS[kind] }));

export class Pipeline {
  #store;
  #lanes = new Map();
  #calm = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(about, store) {
    this.#store = store;
    const { topics } = about.model;
    this.node = document.getElementById('lanes');
    for (const topic of topics) {
      const lane = new Lane(topic);
      this.#lanes.set(topic.name.name, lane);
      this.node.append(lane.node);
    }
    store.addEventListener('stage', ({ detail }) => this.#stage(detail));
    store.addEventListener('requested', ({ detail }) => this.#lanes.get(detail.topic)?.flash('producer'));
    store.addEventListener('refused', ({ detail }) => this.#lanes.get(detail.topic)?.flash('producer', 'bad'));
  }

  #stage({ record, stage }) {
    const lane = this.#lanes.get(record.topic);
    // What happened before the page was opened is not played again.
    if (lane === undefined || Date.now() - record.at[stage] > 5_000) return;
    lane.pass(record, stage, this.#calm.matches);
  }

  /** Shows lag and failures. */
  state({ topics, tables }, names) {
    for (const [name, lane] of this.#lanes) {
      lane.state(topics[name], tables[names.tables[lane.topic.consumer?.table]]);
    }
  }

  /** Shows how long everything takes. */
  numbers() {
    for (const [name, lane] of this.#lanes) lane.numbers((span) => this.#store.numbers(name, span));
  }

  broker(down) {
    this.node.classList.toggle('outage', down);
  }
}

class Lane {
  #nodes = new Map();
  #meters = new Map();
  #cells = [];
  #tokens = new Map();

  constructor(topic) {
    this.topic = topic;
    const { producer, consumer, alert, push, name } = topic;
    const title = el('h3', { id: `lane-${name.name}`, class: 'unseen' }, words(name.name));
    this.state_ = el('span', { class: 'lane-state' });
    this.layer = el('div', { class: 'tokens', 'aria-hidden': 'true' });
    const source = producer
      ? this.#node('producer', producer.function.name, `${producer.method} ${producer.path}`, 'publish')
      : this.#node('producer', topic.collects_errors ? 'Any function that fails' : 'No producer', '');
    const partitions = el('div', { class: 'partitions', role: 'img' });
    this.partitions = partitions;
    this.#cells = Array.from({ length: topic.partitions }, (_, number) => el('i', { title: `Partition ${number}` }));
    partitions.append(...this.#cells);
    this.lag = el('span', { class: 'meter' });
    const stop = this.#node('topic', name.name, '');
    stop.append(partitions, this.lag);
    const worker = consumer
      ? this.#node('consumer', consumer.function.name, '', 'consume')
      : this.#node('consumer', 'No consumer', '');
    const ends = el('div', { class: 'ends' });
    if (consumer) ends.append(this.#node('table', consumer.table, consumer.write === 'put' ? 'replaces the row' : 'merges into the row'));
    if (alert) ends.append(this.#node('alert', alert.channel, alert.when ? `when ${alert.when.field.name} ${alert.when.operator.replace(/_/g, ' ')} ${alert.when.values.join(', ')}` : 'always'));
    if (push) ends.append(this.#node('socket', push.event_type, '', 'push'));
    this.node = el(
      'section',
      { class: 'lane', 'aria-labelledby': title.id, dataset: { topic: name.name } },
      title,
      el('div', { class: 'stops' }, source, wire(), stop, wire(), worker, wire(), ends, el('div', { class: 'whole' }, this.#meter('end'), this.state_), this.layer),
    );
  }

  #node(kind, name, about, meter) {
    const node = el(
      'div',
      { class: `stop ${kind}` },
      icon(kind),
      el('b', { title: name }, name),
      about ? el('small', { title: about }, about) : null,
      meter ? this.#meter(meter) : null,
    );
    this.#nodes.set(kind, node);
    return node;
  }

  #meter(name) {
    const meter = el('span', { class: 'meter' });
    this.#meters.set(name, meter);
    return meter;
  }

  flash(kind, tone = 'good') {
    if (Lane.flashes >= MOST_FLASHES) return;
    if (Lane.flashes === 0) setTimeout(() => (Lane.flashes = 0), 100);
    Lane.flashes += 1;
    const node = this.#nodes.get(kind);
    node?.animate(
      [{ boxShadow: `0 0 0 0 var(--${tone})` }, { boxShadow: `0 0 0 3px var(--${tone})`, offset: 0.2 }, { boxShadow: '0 0 0 0 transparent' }],
      { duration: 900, easing: 'ease-out' },
    );
  }

  /** Moves the record's token to where it is now. */
  pass(record, stage, calm) {
    const stop = { published: 'topic', answered: undefined, batched: 'consumer', failed: 'consumer', applied: 'table', alerted: 'alert', pushed: 'socket' }[stage];
    if (stop === undefined && stage !== 'done' && stage !== 'dead_lettered') return;
    const tone = stage === 'failed' || record.quarantined || record.eventId === undefined ? 'bad' : 'good';
    if (calm || (!this.#tokens.has(record.key) && Lane.tokens >= MOST_TOKENS)) {
      if (stop) this.flash(stop, tone);
      return;
    }
    let token = this.#tokens.get(record.key);
    if (token === undefined) {
      if (stage !== 'published') return;
      token = new Token(this, record);
      this.#tokens.set(record.key, token);
      Lane.tokens += 1;
    }
    token.tone(tone);
    if (stop === undefined) token.end();
    else token.go(stop, record.partition, tone);
  }

  /** The middle of a stop, from the lane's left upper corner. */
  place(kind, partition) {
    const from = this.layer.getBoundingClientRect();
    const target = kind === 'topic' ? (this.#cells[partition] ?? this.#nodes.get(kind)) : this.#nodes.get(kind);
    if (target === undefined) return undefined;
    const box = target.getBoundingClientRect();
    return [box.left + (kind === 'topic' ? box.width / 2 : Math.min(18, box.width / 2)) - from.left, box.top + box.height / 2 - from.top];
  }

  forget(record) {
    if (this.#tokens.delete(record.key)) Lane.tokens -= 1;
  }

  lightPartition(partition) {
    this.#cells[partition]?.animate([{ background: 'var(--good)' }, {}], { duration: 1_200 });
  }

  state(topic, rows) {
    const { end = {}, lag = {}, totalLag = 0, mapping } = topic ?? {};
    const ends = Object.values(end).reduce((sum, offset) => sum + offset, 0);
    this.#cells.forEach((cell, number) => {
      const behind = lag[number] ?? 0;
      cell.style.setProperty('--lag', Math.min(1, behind / 10));
      cell.classList.toggle('behind', behind > 0);
      cell.title = `Partition ${number}: ${end[number] ?? 0} records, ${behind} of them waiting`;
    });
    this.partitions.setAttribute('aria-label', `${this.topic.partitions} partitions`);
    set(this.lag, `${ends} record${ends === 1 ? '' : 's'}, ${totalLag === 0 ? 'no lag' : `lag ${totalLag}`}`, totalLag > 0 ? 'late' : '');
    const failing = mapping?.failing === true;
    this.#nodes.get('consumer').classList.toggle('failing', failing);
    const failures = (mapping?.failures ?? 0) + (mapping?.dead_letters ?? mapping?.deadLetters ?? 0);
    set(this.state_, failing ? 'retrying' : failures > 0 ? `${failures} failed` : '', failing ? 'late' : '');
    const table = this.#nodes.get('table')?.querySelector('small');
    if (table && rows !== undefined && rows !== null) table.textContent = `${rows} row${rows === 1 ? '' : 's'}`;
  }

  numbers(of) {
    for (const [name, node] of this.#meters) {
      const { label } = SPANS.find((each) => each.name === name);
      const { p50, count, target } = of(name);
      if (count === 0) {
        set(node, `target ${span(target)}`, '');
        continue;
      }
      const within = p50 <= target;
      node.style.setProperty('--part', Math.min(1, p50 / target));
      set(node, `${span(p50)} of ${span(target)}`, within ? 'met' : 'late');
      node.title = `${label}: half of ${count} took less than ${span(p50)}; the target is ${span(target)}`;
    }
  }
}

Lane.tokens = 0;
Lane.flashes = 0;

function set(node, text, tone) {
  if (node.textContent !== text) {
    const [value, rest] = text.split(/(?= of )/);
    node.replaceChildren(rest ? el('b', {}, value) : value, rest ?? '');
  }
  node.dataset.tone = tone;
}

const wire = () => el('div', { class: 'wire', 'aria-hidden': 'true' });

/** A record on its way, stop by stop. */
class Token {
  #lane;
  #record;
  #node = el('span', { class: 'token' });
  #at;
  #queue = Promise.resolve();
  #ended = false;

  constructor(lane, record) {
    this.#lane = lane;
    this.#record = record;
    lane.layer.append(this.#node);
    this.#at = lane.place('producer');
    // A record whose end is never told does not stay for ever.
    setTimeout(() => this.end(), 20_000);
  }

  tone(tone) {
    this.#node.dataset.tone = tone;
  }

  go(stop, partition, tone) {
    // From the consumer it goes to the table, the channel and the browser at once.
    const isEnd = stop === 'table' || stop === 'alert' || stop === 'socket';
    this.#queue = this.#queue.then(() => (isEnd ? this.#send(stop, tone) : this.#move(this.#node, stop, partition, tone)));
  }

  async #move(node, stop, partition, tone) {
    const to = this.#lane.place(stop, partition);
    if (!to) return;
    await slide(node, this.#at, to);
    this.#at = to;
    if (stop === 'topic') this.#lane.lightPartition(partition);
    this.#lane.flash(stop, tone);
  }

  async #send(stop, tone) {
    const to = this.#lane.place(stop);
    if (!to) return;
    const copy = el('span', { class: 'token', dataset: { tone } });
    this.#lane.layer.append(copy);
    const arrived = slide(copy, this.#at, to).then(() => {
      this.#lane.flash(stop, tone);
      copy.remove();
    });
    // The next copy may follow before this one is there.
    await Promise.race([arrived, new Promise((resolve) => setTimeout(resolve, STOP / 3))]);
  }

  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue = this.#queue.then(async () => {
      await this.#node.animate([{ opacity: 1 }, { opacity: 0 }], { duration: STOP, fill: 'forwards' }).finished;
      this.#node.remove();
      this.#lane.forget(this.#record);
    });
  }
}

function slide(node, from, to) {
  const at = ([x, y]) => ({ transform: `translate(${x}px, ${y}px)` });
  return node.animate([at(from), at(to)], { duration: STOP, easing: 'ease-in-out', fill: 'forwards' }).finished;
}
