/** Forms made of the model: a field for each field of a request, with its bounds, and the request made of them. */

import { example, resolve } from './example.js';
import { el, label, words } from './dom.js';

let count = 0;

/** A form for the fields that a caller sends. */
export class Form {

  constructor(fields, types) {
    this.types = types;
    this.fields = fields.filter((field) => !field.computed);
    this.summary = el('div', { class: 'faults', tabIndex: -1, role: 'alert', hidden: true });
    this.root = new Group(this.fields, types, '#');
    this.node = el('div', { class: 'fields' }, this.summary, this.root.node);
  }

  /** The request: fields that are left empty are left out. */
  value() {
    return this.root.value() ?? {};
  }

  set(values) {
    this.root.set(values);
  }

  /** An example that `who` would send, with what is known already in place of what is made up. */
  fill(who, known) {
    const values = Object.fromEntries(
      this.fields
        .filter((field) => field.required || field.name.name in who || field.name.name in known)
        .map((field) => [field.name.name, known[field.name.name] ?? example(field, this.types, who)]),
    );
    this.set(values);
  }

  /** The same, but what a person wrote stays as it is. */
  complete(who, known) {
    const isWritten = ([, value]) => !(Array.isArray(value) && value.length === 0);
    const written = Object.fromEntries(Object.entries(this.value()).filter(isWritten));
    this.fill(who, { ...known, ...written });
  }

  /** Offers values that were seen for a field: those of a recommendation, say. */
  offer(name, choices) {
    this.root.find(name)?.offer?.(choices);
  }

  /** Shows the server's faults at their fields, and all of them on top. */
  fail(message, violations) {
    this.clear();
    const items = violations.map(({ pointer, detail }) => {
      const input = this.root.at(pointer.replace(/^#\/?/, '').split('/').filter(Boolean));
      input?.fail(detail);
      const name = pointer.replace(/^#\/?/, '') || 'request';
      return el('li', {}, input ? el('a', { href: `#${input.id}`, onclick: (event) => focus(event, input) }, name) : name, ` ${detail}`);
    });
    this.summary.replaceChildren(el('p', {}, message), items.length > 0 ? el('ul', {}, items) : '');
    this.summary.hidden = false;
    this.summary.focus();
  }

  clear() {
    this.summary.hidden = true;
    this.root.clear();
  }
}

function focus(event, input) {
  event.preventDefault();
  input.focus();
}

function make(field, types, path) {
  const ty = resolve(field.ty, types);
  if (ty.type === 'object') return new Nested(field, ty, types, path);
  if (ty.type === 'list') return new List(field, ty, types, path);
  return new Input(field, ty);
}

/** Fields side by side: those of a request or of an object. */
class Group {
  constructor(fields, types) {
    this.inputs = new Map(fields.filter((field) => !field.computed).map((field) => [field.name.name, make(field, types)]));
    this.node = el('div', { class: 'group' }, [...this.inputs.values()].map((input) => input.node));
  }

  value() {
    const entries = [...this.inputs].map(([name, input]) => [name, input.value()]).filter(([, value]) => value !== undefined);
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }

  set(values) {
    for (const [name, input] of this.inputs) if (name in values) input.set(values[name]);
  }

  find(name) {
    return this.inputs.get(name);
  }

  at([name, ...rest]) {
    const input = this.inputs.get(name);
    return rest.length > 0 ? input?.at?.(rest) : input;
  }

  clear() {
    for (const input of this.inputs.values()) input.clear();
  }
}

/** An object: its fields in a frame that can be folded. */
class Nested {
  constructor(field, ty, types) {
    this.group = new Group(ty.fields, types);
    this.id = `field-${(count += 1)}`;
    this.node = el(
      'details',
      { class: 'nested', id: this.id, open: field.required },
      el('summary', {}, words(field.name.name), field.required ? '' : el('span', { class: 'optional' }, ' optional')),
      this.group.node,
    );
  }

  value() {
    return this.group.value();
  }

  set(values) {
    this.group.set(values);
  }

  at(path) {
    this.node.open = true;
    return this.group.at(path);
  }

  fail() {
    this.node.open = true;
  }

  focus() {
    this.node.querySelector('summary').focus();
  }

  clear() {
    this.group.clear();
  }
}

/** A list: items that can be added and taken away. */
class List {
  constructor(field, ty, types) {
    this.field = field;
    this.ty = ty;
    this.types = types;
    this.id = `field-${(count += 1)}`;
    this.items = [];
    this.holder = el('div', { class: 'items' });
    this.error = el('p', { class: 'fault', hidden: true });
    this.more = el('button', { type: 'button', class: 'quiet', onclick: () => this.add().focus() }, `Add to ${words(field.name.name).toLowerCase()}`);
    this.node = el(
      'fieldset',
      { class: 'list', id: this.id },
      el('legend', {}, words(field.name.name), field.required ? '' : el('span', { class: 'optional' }, ' optional')),
      this.error,
      this.holder,
      this.more,
    );
    for (let i = 0; i < ty.min_items; i += 1) this.add();
  }

  add() {
    const number = this.items.length + 1;
    const name = `${words(this.field.name.name).replace(/s$/, '')} ${number}`;
    const items = resolve(this.ty.items, this.types);
    const input =
      items.type === 'object'
        ? new Group(items.fields, this.types)
        : make({ ...this.field, name: { name }, ty: this.ty.items, required: true }, this.types);
    const away = el('button', { type: 'button', class: 'quiet', onclick: () => this.remove(entry) }, `Remove ${name.toLowerCase()}`);
    // A single value has the name as its own label.
    const group = items.type === 'object' ? { role: 'group', 'aria-label': name } : {};
    const node = el('div', { class: 'item', ...group }, input.node, away);
    const entry = { input, node, focus: () => node.querySelector('input, select, button')?.focus() };
    this.items.push(entry);
    this.holder.append(node);
    this.bound();
    return entry;
  }

  remove(entry) {
    entry.node.remove();
    this.items = this.items.filter((item) => item !== entry);
    this.bound();
    this.more.focus();
  }

  bound() {
    this.more.disabled = this.items.length >= this.ty.max_items;
  }

  value() {
    const values = this.items.map(({ input }) => input.value()).filter((value) => value !== undefined);
    return values.length > 0 || this.field.required ? values : undefined;
  }

  set(values) {
    for (const { node } of this.items) node.remove();
    this.items = [];
    for (const value of values) this.add().input.set(value);
  }

  at([index, ...rest]) {
    const input = this.items[Number(index)]?.input;
    return rest.length > 0 ? input?.at?.(rest) : input;
  }

  fail(detail) {
    this.error.textContent = detail;
    this.error.hidden = false;
  }

  focus() {
    this.more.focus();
  }

  clear() {
    this.error.hidden = true;
    for (const { input } of this.items) input.clear();
  }
}

const KINDS = { email: 'email', date: 'date' };

/** One value. */
class Input {
  constructor(field, ty) {
    this.field = field;
    this.ty = ty;
    this.id = `field-${(count += 1)}`;
    const name = words(field.name.name);
    this.error = el('p', { class: 'fault', id: `${this.id}-fault`, hidden: true });
    this.input = this.control();
    this.hint = field.description ? el('p', { class: 'hint', id: `${this.id}-hint` }, field.description) : null;
    this.describe();
    const caption = el(
      'label',
      { for: this.id },
      name,
      field.pii ? el('span', { class: 'personal', title: 'Personal data: never in a log, an alert or a metric' }, 'personal') : '',
      field.required ? '' : el('span', { class: 'optional' }, 'optional'),
    );
    this.choices = el('div', { class: 'choices' });
    this.node = el('div', { class: `field ${ty.type}` }, caption, this.hint, this.input, this.choices, this.error);
  }

  control() {
    const { ty, field, id } = this;
    const common = { id, name: field.name.name, required: field.required };
    if (ty.type === 'enum' || ty.type === 'boolean') {
      const values = ty.type === 'boolean' ? ['true', 'false'] : ty.values.map((value) => value.name);
      const texts = { true: 'Yes', false: 'No' };
      return el(
        'select',
        common,
        el('option', { value: '' }, field.required ? 'Choose…' : 'Not said'),
        values.map((value) => el('option', { value }, texts[value] ?? label(value))),
      );
    }
    const numeric = ty.type === 'integer' || ty.type === 'decimal';
    return el('input', {
      ...common,
      type: KINDS[ty.type] ?? 'text',
      inputMode: ty.type === 'integer' ? 'numeric' : ty.type === 'decimal' ? 'decimal' : undefined,
      placeholder: numeric ? `${ty.min} to ${ty.max}` : undefined,
      autocomplete: 'off',
      spellcheck: false,
    });
  }

  /** Text as it is: that numbers and dates are none is for the server to say. */
  value() {
    const text = this.input.value.trim();
    if (text === '') return undefined;
    if (this.ty.type === 'boolean') return text === 'true';
    if (this.ty.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
    return text;
  }

  set(value) {
    this.input.value = String(value ?? '');
  }

  offer(choices) {
    this.choices.replaceChildren(
      ...choices.map(({ value, text }) =>
        el('button', { type: 'button', class: 'choice', onclick: () => this.set(value), dataset: { value } }, el('b', {}, value), el('span', {}, text)),
      ),
    );
  }

  fail(detail) {
    this.error.textContent = detail;
    this.error.hidden = false;
    this.input.setAttribute('aria-invalid', 'true');
    this.describe();
  }

  /** What a screen reader says of it besides its name. */
  describe() {
    const about = [this.hint, this.error].filter((node) => node && !node.hidden).map(({ id }) => id);
    this.input.setAttribute('aria-describedby', about.join(' '));
  }

  clear() {
    this.error.hidden = true;
    this.input.removeAttribute('aria-invalid');
    this.describe();
  }

  focus() {
    this.input.focus();
  }
}
