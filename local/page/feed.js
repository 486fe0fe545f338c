/** What the runner tells of itself: the model once, everything that happens, and its state every so often. */

const BASE = '/_local';

async function get(path) {
  const response = await fetch(`${BASE}${path}`, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path} says ${response.status}`);
  return response.json();
}

export const runner = {
  model: () => get('/model'),
  state: () => get('/state'),
  alerts: async () => (await get('/alerts')).alerts,
  rows: async (table) => (await get(`/tables/${encodeURIComponent(table)}`)).items ?? [],
  records: async (topic) => (await get(`/topics/${encodeURIComponent(topic)}`)).records,

  /** Causes a fault; throws what the runner says against it. */
  async fault(fault) {
    const response = await fetch(`${BASE}/fault`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.message ?? `the runner says ${response.status}`);
    return answer;
  },
};

/**
 * Passes on what happens, from the beginning; the browser connects again by itself.
 *
 * Only while somebody looks: a browser has six connections for all tabs of a host, and each feed keeps one.
 *
 * @param last What was taken last: its `seq`.
 */
export function watch(take, live, last) {
  let source;
  const look = () => {
    source?.close();
    source = undefined;
    if (document.visibilityState !== 'visible') return;
    source = new EventSource(`${BASE}/events?after=${last()}`);
    source.addEventListener('message', ({ data }) => take(JSON.parse(data)));
    source.addEventListener('open', () => live(true));
    source.addEventListener('error', () => live(false));
  };
  document.addEventListener('visibilitychange', look);
  look();
}

/** Calls `take` with the state every `every` milliseconds, while somebody looks. */
export function poll(every, take) {
  const next = async () => {
    try {
      if (document.visibilityState === 'visible') take(await runner.state());
    } catch {
      // That nothing is heard of the runner is said by the feed.
    }
    setTimeout(next, every);
  };
  void next();
}

/** A function that has `work` done soon, once for all calls until then, and never before it is done with the last time. */
export function seldom(work, pause) {
  let isDue = false;
  let again = false;
  const next = async () => {
    again = false;
    try {
      await work();
    } finally {
      isDue = again;
      if (again) setTimeout(next, pause);
    }
  };
  return () => {
    again = isDue;
    if (isDue) return;
    isDue = true;
    setTimeout(next, pause);
  };
}

/** A value as DynamoDB writes it, as JSON. */
export function plain(value) {
  const [[type, inside]] = Object.entries(value);
  if (type === 'N') return Number(inside);
  if (type === 'M') return Object.fromEntries(Object.entries(inside).map(([name, item]) => [name, plain(item)]));
  if (type === 'L') return inside.map(plain);
  if (type === 'NULL') return null;
  return inside;
}
