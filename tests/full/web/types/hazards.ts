// The types of a manifest with hazards: what compiles must also mean what it says.

import {
  HazardsApi,
  HazardsClient,
  isHazards,
  type A1B2Data,
  type ConstructorRequest,
  type HazardsData,
  type HazardsEvent,
  type OrdersPlacedV2Event,
  type PushEvent,
  type ThenRequest,
} from 'hazards-web';

import { check, type Same } from './same.js';

check<
  Same<
    HazardsEvent['type'],
    'HAZARDS' | 'ORDERS_PLACED_V2' | 'THING' | 'A1_B2' | 'A_TOPIC_WHOSE_NAME_MAKES_LINES_TOO_LONG'
  >
>();
check<Same<OrdersPlacedV2Event['topic'], 'orders.placed.v2'>>();
check<Same<HazardsData['type'], 'A' | 'B-C' | 'd.e'>>();
check<Same<HazardsData['class'], boolean>>();
check<Same<HazardsData['toString'], string>>();
check<Same<HazardsData['default'], 'a-b' | 'class' | 'default' | 'X'>>();
check<Same<HazardsData['data'], { readonly id: string; readonly constructor: string }>>();
check<Same<HazardsData['clients'], readonly boolean[]>>();
check<Same<HazardsData['hasOwnProperty'], string>>();
check<Same<HazardsData['when'], readonly (readonly ('a-b' | 'class' | 'default' | 'X')[])[]>>();
check<Same<HazardsData['isItLong'], 'ONE'>>();
check<Same<HazardsData['shown'], number>>();
check<Same<HazardsData['nested']['deeper'][number]['words'], readonly 'W'[]>>();
check<Same<keyof A1B2Data, never>>();
check<Same<Exclude<keyof ThenRequest, keyof HazardsData>, 'secret' | 'hidden'>>();
check<Same<Exclude<keyof HazardsData, keyof ThenRequest>, 'time'>>();
check<Same<ConstructorRequest['key'], string | undefined>>();

export async function uses(event: PushEvent, request: ThenRequest) {
  if (isHazards(event)) check<Same<typeof event.data, HazardsData>>();
  const api = new HazardsApi({ endpoint: 'https://api.example' });
  // It is no promise, whatever a function is called.
  const same = await Promise.resolve(api);
  check<Same<typeof same, HazardsApi>>();
  check<Same<typeof api.token, string | undefined>>();
  await api.then_(request);
  const client = new HazardsClient({ endpoint: 'wss://events.example/dev', customerId: 'c' });
  client.on('A1_B2', ({ data }) => check<Same<typeof data, A1B2Data>>());
}

// @ts-expect-error A description can't declare anything.
export type { Evil } from 'hazards-web';
