/** Someone to try the journey with: values that go together, for fields as the manifest calls them. */

const FIRST = ['Ada', 'Grace', 'Alan', 'Mary', 'Linus', 'Katherine', 'Edsger', 'Hedy', 'Tim', 'Radia'];
const LAST = ['Byron', 'Hopper', 'Turing', 'Somerville', 'Pauling', 'Johnson', 'Dijkstra', 'Lamarr', 'Lee', 'Perlman'];

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** A person. */
export function person() {
  const [first, last] = [pick(FIRST), pick(LAST)];
  const age = 24 + Math.floor(Math.random() * 40);
  const year = new Date().getUTCFullYear();
  const later = `${year + 5}-06-30`;
  return {
    firstName: first,
    lastName: last,
    // As the form has it, should somebody write another name there.
    get fullName() {
      return `${this.firstName} ${this.lastName}`;
    },
    get documentName() {
      return `${this.lastName}, ${this.firstName}`.toUpperCase();
    },
    get holderName() {
      return this.fullName;
    },
    email: `${first}.${last}@example.com`.toLowerCase(),
    phone: '+44 20 7946 0123',
    // On every day of this year they are that old.
    dateOfBirth: `${year - age}-01-01`,
    age,
    nationality: 'GB',
    country: 'GB',
    line1: '12 Analytical Row',
    line2: '',
    city: 'London',
    postcode: 'N1 9GU',
    insurance: 'LIFE',
    documentNumber: `X${1_000_000 + Math.floor(Math.random() * 9_000_000)}`,
    documentKind: 'PASSPORT',
    documentExpiresOn: later,
    expiresOn: later,
    issuedOn: `${year - 4}-06-30`,
    cover: '250000.00',
    smoker: false,
    dependants: 1,
    paymentFrequency: 'MONTHLY',
  };
}

/** An example for a field: the person's own where it fits, else one that its type allows. */
export function example(field, types, who, index = 0) {
  const name = field.name.name;
  const ty = resolve(field.ty, types);
  switch (ty.type) {
    case 'object':
      return object(ty.fields, types, who, index);
    case 'list':
      return list(ty, types, who);
    case 'enum': {
      const values = ty.values.map((value) => value.name);
      if (values.includes(who[name])) return who[name];
      return values[index % values.length];
    }
    case 'boolean':
      return who[name] ?? false;
    case 'integer':
      return Math.min(ty.max, Math.max(ty.min, Number(who[name] ?? 1)));
    case 'decimal':
      return String(who[name] ?? ty.min);
    case 'date':
      return who[name] ?? new Date().toISOString().slice(0, 10);
    case 'timestamp':
      return new Date().toISOString();
    case 'uuid':
      return crypto.randomUUID();
    case 'email':
      return who.email;
    default:
      return text(name, ty, who, index);
  }
}

function text(name, ty, who, index) {
  const own = who[name];
  if (own !== undefined) return own;
  if (/fileName$/i.test(name)) return ['passport.pdf', 'utility-bill.pdf', 'payslip.pdf'][index % 3];
  const made = /id$/i.test(name) ? `${name.replace(/id$/i, '') || 'id'}-${index + 1}` : `Example ${index + 1}`;
  const long = made.padEnd(ty.min_length ?? 0, 'x');
  return ty.max_length ? long.slice(0, ty.max_length) : long;
}

function object(fields, types, who, index) {
  const wanted = fields.filter((field) => field.required || ['kind', 'holderName', 'expiresOn'].includes(field.name.name));
  return Object.fromEntries(wanted.map((field) => [field.name.name, example(field, types, who, index)]));
}

/** As many items as make the example complete: one for each of the first kinds, or one. */
function list(ty, types, who) {
  const items = resolve(ty.items, types);
  const kind = items.type === 'object' && items.fields.find((field) => resolve(field.ty, types).type === 'enum');
  const values = kind ? resolve(kind.ty, types).values.map((value) => value.name) : [];
  const proofs = ['PASSPORT', ...values.filter((value) => value.startsWith('PROOF_'))];
  const kinds = values.includes('PASSPORT') ? proofs : values.slice(0, 1);
  const count = Math.min(ty.max_items, Math.max(ty.min_items, kinds.length, 1));
  return Array.from({ length: count }, (_, index) => {
    const field = { name: { name: '' }, ty: ty.items };
    const item = example(field, types, who, index);
    if (kind) item[kind.name.name] = kinds[index % kinds.length];
    return item;
  });
}

/** What a shared type stands for. */
export function resolve(ty, types) {
  return ty.type === 'shared' ? resolve(types.get(ty.name).ty, types) : ty;
}
