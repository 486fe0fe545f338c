// What the types of the first manifest's client allow, and what they refuse. It is compiled, never run.

import {
  ApiError,
  EVENT_TYPES,
  OnboardAiApi,
  OnboardAiClient,
  isKycVerified,
  isOnboardAiEvent,
  type Accepted,
  type Address,
  type ConnectionState,
  type Document,
  type DocumentKind,
  type EventOf,
  type GenerateRecommendationsRequest,
  type InsuranceKind,
  type KycVerifiedData,
  type KycVerifiedEvent,
  type OnboardAiEvent,
  type PerformKycRequest,
  type PolicyRecommendedData,
  type ProcessDocumentsRequest,
  type PushEvent,
  type Recommendation,
  type SubmitPolicySelectionRequest,
  type SubmitUserInfoRequest,
  type UserInfoSubmittedData,
  type UserInfoSubmittedEvent,
  type Violation,
  type WorkflowErrorData,
} from 'onboard-ai-web';

import { check, type Same } from './same.js';

// The union.

check<
  Same<
    OnboardAiEvent['type'],
    | 'USER_INFO_SUBMITTED'
    | 'DOCUMENTS_PROCESSED'
    | 'KYC_VERIFIED'
    | 'POLICY_RECOMMENDED'
    | 'WORKFLOW_COMPLETED'
    | 'WORKFLOW_ERROR'
  >
>();
check<Same<EventOf<OnboardAiEvent, 'KYC_VERIFIED'>, KycVerifiedEvent>>();
check<Same<(typeof EVENT_TYPES)[number], OnboardAiEvent['type']>>();
check<Same<UserInfoSubmittedEvent['topic'], 'user-info-submitted'>>();
check<Same<UserInfoSubmittedEvent['version'], number>>();
check<Same<UserInfoSubmittedEvent['id'], string>>();

export function narrows(event: OnboardAiEvent): string {
  if (event.type === 'USER_INFO_SUBMITTED') {
    check<Same<typeof event, UserInfoSubmittedEvent>>();
    check<Same<typeof event.data, UserInfoSubmittedData>>();
    return event.data.email;
  }
  // @ts-expect-error The mail address is in one event only.
  void event.data.email;
  // @ts-expect-error No event has this type.
  if (event.type === 'USER_INFO') return '';
  switch (event.type) {
    case 'DOCUMENTS_PROCESSED':
      return event.data.missing.join();
    case 'KYC_VERIFIED':
      return event.data.status;
    case 'POLICY_RECOMMENDED':
      return event.data.recommendations[0]?.monthlyPremium ?? '';
    case 'WORKFLOW_COMPLETED':
      return event.data.policyId;
    case 'WORKFLOW_ERROR':
      return event.data.code;
    default:
      // Every type was dealt with.
      return event satisfies never;
  }
}

export function guards(event: PushEvent): void {
  if (isOnboardAiEvent(event)) check<Same<typeof event, OnboardAiEvent>>();
  if (isKycVerified(event)) check<Same<typeof event.data, KycVerifiedData>>();
}

// The fields: those for the browser, and no other.

check<
  Same<
    UserInfoSubmittedData,
    {
      readonly customerId: string;
      readonly applicationId: string;
      readonly email: string;
      readonly firstName: string;
      readonly lastName?: string;
      readonly insurance?: 'LIFE' | 'HEALTH' | 'HOME' | 'AUTO';
      readonly submittedAt: string;
    }
  >
>();
check<
  Same<
    keyof KycVerifiedData,
    | 'customerId'
    | 'applicationId'
    | 'verificationId'
    | 'documentKind'
    | 'documentExpiresOn'
    | 'status'
    | 'reasons'
    | 'verifiedAt'
  >
>();
check<Same<KycVerifiedData['status'], 'VERIFIED' | 'REVIEW' | 'REJECTED'>>();
check<Same<PolicyRecommendedData['cover'], string>>();
check<Same<PolicyRecommendedData['dependants'], number | undefined>>();
check<Same<PolicyRecommendedData['recommendations'], readonly Recommendation[]>>();

export function hidden(user: UserInfoSubmittedData, kyc: KycVerifiedData, error: WorkflowErrorData) {
  // @ts-expect-error Personal data.
  void user.dateOfBirth;
  // @ts-expect-error Personal data.
  void user.address;
  // @ts-expect-error Personal data.
  void kyc.documentNumber;
  // @ts-expect-error browser: false
  void kyc.riskScore;
  // @ts-expect-error browser: false
  void error.message;
  // @ts-expect-error Nothing is written.
  user.email = 'a@b.example';
  // @ts-expect-error Not even into lists.
  kyc.reasons.push('because');
}

// The requests: no computed field, every other one.

check<
  Same<
    SubmitUserInfoRequest,
    {
      readonly customerId?: string;
      readonly email: string;
      readonly firstName: string;
      readonly lastName?: string;
      readonly dateOfBirth?: string;
      readonly phone?: string;
      readonly nationality?: string;
      readonly address?: Address;
      readonly insurance?: InsuranceKind;
    }
  >
>();
check<Same<ProcessDocumentsRequest['documents'], readonly Document[]>>();
check<Same<Document['kind'], DocumentKind | undefined>>();
check<
  Same<keyof SubmitPolicySelectionRequest, 'customerId' | 'applicationId' | 'policyId' | 'paymentFrequency'>
>();

export const refused = {
  // @ts-expect-error The rule sets the status.
  computed: { customerId: 'c', applicationId: 'a', policyId: 'p', status: 'COMPLETED' } satisfies SubmitPolicySelectionRequest,
  // @ts-expect-error The customer must be named: an environment without tokens can't know.
  key: { applicationId: 'a', policyId: 'p' } satisfies SubmitPolicySelectionRequest,
  // @ts-expect-error A decimal is text.
  decimal: { customerId: 'c', applicationId: 'a', insurance: 'LIFE', age: 30, cover: 1000.5 } satisfies GenerateRecommendationsRequest,
  // @ts-expect-error No such insurance.
  word: { email: 'a@b.example', firstName: 'A', insurance: 'BOAT' } satisfies SubmitUserInfoRequest,
  // @ts-expect-error What is not known is left out, it is not undefined.
  undefined: { email: 'a@b.example', firstName: 'A', lastName: undefined } satisfies SubmitUserInfoRequest,
  // @ts-expect-error A field is missing.
  missing: { customerId: 'c', applicationId: 'a' } satisfies PerformKycRequest,
};

// The client.

export async function client() {
  const client = new OnboardAiClient({
    endpoint: 'wss://events.example/dev',
    customerId: 'c',
    token: async () => undefined,
    onUnknown: (event) => check<Same<typeof event, PushEvent>>(),
    onError: ({ kind }) => check<Same<typeof kind, 'token' | 'frame' | 'server' | 'listener'>>(),
  });
  const off = client.on('KYC_VERIFIED', (event) => check<Same<typeof event, KycVerifiedEvent>>());
  check<Same<typeof off, () => void>>();
  client.subscribe((event) => check<Same<typeof event, OnboardAiEvent>>());
  // @ts-expect-error No such event.
  client.on('KYC', () => {});
  // @ts-expect-error Another event's data.
  client.on('KYC_VERIFIED', ({ data }: UserInfoSubmittedEvent) => data);
  for await (const event of client) check<Same<typeof event, OnboardAiEvent>>();
  for await (const event of client.events({ limit: 10 })) narrows(event);
  check<Same<typeof client.state, ConnectionState>>();
  if (client.state.status === 'waiting') client.state.retryAt.toFixed();
  // @ts-expect-error Only while it waits.
  void client.state.retryAt;
  check<Same<typeof client.lastEventId, string | undefined>>();
}

// The API.

export async function api() {
  const api = new OnboardAiApi({ endpoint: 'https://api.example' });
  try {
    const accepted = await api.submitUserInfo({ email: 'a@b.example', firstName: 'A' });
    check<Same<typeof accepted, Accepted>>();
    check<Same<typeof accepted.token, string | undefined>>();
  } catch (error) {
    if (error instanceof ApiError) {
      check<Same<typeof error.violations, readonly Violation[]>>();
      check<Same<typeof error.status, number | undefined>>();
    }
  }
  // @ts-expect-error No request.
  await api.performKyc();
  // @ts-expect-error Another step's request.
  await api.performKyc({ email: 'a@b.example', firstName: 'A' });
}
