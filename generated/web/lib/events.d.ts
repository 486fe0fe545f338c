// Made from topics.yaml by `make synth`: change that, not this.

/** The events of onboard-ai, and what its HTTP API takes. */

import type { PushEvent } from './client.js';

/** Every event that the browser is sent; its `type` tells which one it is. */
export type OnboardAiEvent =
  | UserInfoSubmittedEvent
  | DocumentsProcessedEvent
  | KycVerifiedEvent
  | PolicyRecommendedEvent
  | WorkflowCompletedEvent
  | WorkflowErrorEvent;

/** A customer sent their personal details. */
export interface UserInfoSubmittedEvent extends PushEvent {
  readonly type: 'USER_INFO_SUBMITTED';
  readonly topic: 'user-info-submitted';
  readonly data: UserInfoSubmittedData;
}

/** What the browser is sent of `user-info-submitted`. */
export interface UserInfoSubmittedData {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  /** A mail address. Personal data. */
  readonly email: string;
  /** Personal data. */
  readonly firstName: PersonName;
  /** Personal data. */
  readonly lastName?: PersonName;
  readonly insurance?: InsuranceKind;
  /** An instant in UTC: `2026-11-23T12:00:00.000Z`. */
  readonly submittedAt: string;
}

/** A customer's documents were read, classified and checked for completeness. */
export interface DocumentsProcessedEvent extends PushEvent {
  readonly type: 'DOCUMENTS_PROCESSED';
  readonly topic: 'documents-processed';
  readonly data: DocumentsProcessedData;
}

/** What the browser is sent of `documents-processed`. */
export interface DocumentsProcessedData {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  /** A whole number from 1 to 20. */
  readonly documentCount: number;
  readonly status: DocumentsProcessedStatus;
  /** At most 6 items. */
  readonly missing: readonly DocumentKind[];
  /** An instant in UTC: `2026-11-23T12:00:00.000Z`. */
  readonly processedAt: string;
}

/** A customer's identity was checked. */
export interface KycVerifiedEvent extends PushEvent {
  readonly type: 'KYC_VERIFIED';
  readonly topic: 'kyc-verified';
  readonly data: KycVerifiedData;
}

/** What the browser is sent of `kyc-verified`. */
export interface KycVerifiedData {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  /** A UUID. */
  readonly verificationId: string;
  readonly documentKind: DocumentKind;
  /** A date: `2026-11-23`. */
  readonly documentExpiresOn: string;
  readonly status: KycVerifiedStatus;
  /** At most 10 items. Each: At most 80 characters. */
  readonly reasons: readonly string[];
  /** An instant in UTC: `2026-11-23T12:00:00.000Z`. */
  readonly verifiedAt: string;
}

/** Policies that suit the customer were found and priced. */
export interface PolicyRecommendedEvent extends PushEvent {
  readonly type: 'POLICY_RECOMMENDED';
  readonly topic: 'policy-recommended';
  readonly data: PolicyRecommendedData;
}

/** What the browser is sent of `policy-recommended`. */
export interface PolicyRecommendedData {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  readonly insurance: InsuranceKind;
  /** A whole number from 0 to 20. */
  readonly dependants?: number;
  readonly cover: Money;
  /** At most 5 items. */
  readonly recommendations: readonly Recommendation[];
  /** An instant in UTC: `2026-11-23T12:00:00.000Z`. */
  readonly recommendedAt: string;
}

/** The customer chose a policy; onboarding is done. */
export interface WorkflowCompletedEvent extends PushEvent {
  readonly type: 'WORKFLOW_COMPLETED';
  readonly topic: 'workflow-completed';
  readonly data: WorkflowCompletedData;
}

/** What the browser is sent of `workflow-completed`. */
export interface WorkflowCompletedData {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  /** At most 40 characters. */
  readonly policyId: string;
  readonly paymentFrequency?: WorkflowCompletedPaymentFrequency;
  readonly monthlyPremium: Money;
  readonly status: WorkflowCompletedStatus;
  /** An instant in UTC: `2026-11-23T12:00:00.000Z`. */
  readonly completedAt: string;
}

/** A step failed; published by any function that caught an error. */
export interface WorkflowErrorEvent extends PushEvent {
  readonly type: 'WORKFLOW_ERROR';
  readonly topic: 'workflow-errors';
  readonly data: WorkflowErrorData;
}

/** What the browser is sent of `workflow-errors`. */
export interface WorkflowErrorData {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly errorId: string;
  /** At most 80 characters. */
  readonly function: string;
  /** At most 249 characters. */
  readonly topic: string;
  /** At most 80 characters. */
  readonly code: string;
  readonly retryable: boolean;
  /** An instant in UTC: `2026-11-23T12:00:00.000Z`. */
  readonly occurredAt: string;
}

/** What `POST /user-info` takes. A customer sent their personal details. */
export interface SubmitUserInfoRequest {
  /** Left out, it is the token's customer, or else a new one. */
  readonly customerId?: CustomerId;
  /** A mail address. Personal data. */
  readonly email: string;
  /** Personal data. */
  readonly firstName: PersonName;
  /** Personal data. */
  readonly lastName?: PersonName;
  /** A date: `2026-11-23`. Personal data. */
  readonly dateOfBirth?: string;
  /** At most 20 characters, matching `^\+?[0-9 ()-]{5,20}$`. Personal data. */
  readonly phone?: string;
  /** Personal data. */
  readonly nationality?: CountryCode;
  /** Personal data. */
  readonly address?: Address;
  readonly insurance?: InsuranceKind;
}

/**
 * What `POST /documents` takes. A customer's documents were read, classified and checked for
 * completeness.
 */
export interface ProcessDocumentsRequest {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  /** 1 to 20 items. */
  readonly documents: readonly Document[];
}

/** What `POST /kyc` takes. A customer's identity was checked. */
export interface PerformKycRequest {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  /** Personal data. */
  readonly fullName: PersonName;
  /** A date: `2026-11-23`. Personal data. */
  readonly dateOfBirth: string;
  /** Personal data. */
  readonly nationality: CountryCode;
  readonly documentKind: DocumentKind;
  /** 4 to 40 characters. Personal data. */
  readonly documentNumber: string;
  /** The holder's name as the document prints it. Personal data. */
  readonly documentName: PersonName;
  /** A date: `2026-11-23`. */
  readonly documentExpiresOn: string;
}

/** What `POST /recommendations` takes. Policies that suit the customer were found and priced. */
export interface GenerateRecommendationsRequest {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  readonly insurance: InsuranceKind;
  /** A whole number from 18 to 120. Personal data. */
  readonly age: number;
  /** Personal data. */
  readonly smoker?: boolean;
  /** A whole number from 0 to 20. */
  readonly dependants?: number;
  readonly cover: Money;
}

/** What `POST /policy-selection` takes. The customer chose a policy; onboarding is done. */
export interface SubmitPolicySelectionRequest {
  readonly customerId: CustomerId;
  /** A UUID. */
  readonly applicationId: string;
  /** At most 40 characters. */
  readonly policyId: string;
  readonly paymentFrequency?: WorkflowCompletedPaymentFrequency;
}

/** 1 to 64 characters, matching `^[A-Za-z0-9][A-Za-z0-9_-]*$`. */
export type CustomerId = string;

/** 1 to 100 characters. */
export type PersonName = string;

/** At most 2 characters, matching `^[A-Z]{2}$`. */
export type CountryCode = string;

/** A decimal number, exact as text: from 0 to 10000000, at most 2 digits after the point. */
export type Money = string;

export interface Address {
  /** At most 120 characters. */
  readonly line1: string;
  /** At most 120 characters. */
  readonly line2?: string;
  /** At most 80 characters. */
  readonly city: string;
  /** At most 12 characters. */
  readonly postcode: string;
  readonly country: CountryCode;
}

export type DocumentKind =
  'PASSPORT' | 'ID_CARD' | 'DRIVING_LICENCE' | 'PROOF_OF_ADDRESS' | 'PROOF_OF_INCOME' | 'OTHER';

export type InsuranceKind = 'LIFE' | 'HEALTH' | 'HOME' | 'AUTO';

export interface Document {
  /** At most 64 characters. */
  readonly documentId: string;
  /** At most 200 characters. Personal data. */
  readonly fileName: string;
  /** What the sender says it is; the rule classifies it where left out. */
  readonly kind?: DocumentKind;
  /** Personal data. */
  readonly holderName?: PersonName;
  /** A date: `2026-11-23`. */
  readonly issuedOn?: string;
  /** A date: `2026-11-23`. */
  readonly expiresOn?: string;
}

export interface Recommendation {
  /** At most 40 characters. */
  readonly policyId: string;
  /** At most 80 characters. */
  readonly name: string;
  readonly cover: Money;
  readonly monthlyPremium: Money;
  /** How well the policy fits; 100 is best. A whole number from 0 to 100. */
  readonly score: number;
}

/** The words of `documents-processed.status`. */
export type DocumentsProcessedStatus = 'DOCUMENTS_COMPLETE' | 'DOCUMENTS_INCOMPLETE';

/** The words of `kyc-verified.status`. */
export type KycVerifiedStatus = 'VERIFIED' | 'REVIEW' | 'REJECTED';

/** The words of `workflow-completed.paymentFrequency`. */
export type WorkflowCompletedPaymentFrequency = 'MONTHLY' | 'QUARTERLY' | 'YEARLY';

/** The words of `workflow-completed.status`. */
export type WorkflowCompletedStatus = 'COMPLETED';

/** The types of all events. */
export declare const EVENT_TYPES: readonly OnboardAiEvent['type'][];

/** Whether this client knows the event: a younger server may send others. */
export declare function isOnboardAiEvent(event: PushEvent): event is OnboardAiEvent;

/** Whether its type is 'USER_INFO_SUBMITTED'. */
export declare function isUserInfoSubmitted(event: PushEvent): event is UserInfoSubmittedEvent;

/** Whether its type is 'DOCUMENTS_PROCESSED'. */
export declare function isDocumentsProcessed(event: PushEvent): event is DocumentsProcessedEvent;

/** Whether its type is 'KYC_VERIFIED'. */
export declare function isKycVerified(event: PushEvent): event is KycVerifiedEvent;

/** Whether its type is 'POLICY_RECOMMENDED'. */
export declare function isPolicyRecommended(event: PushEvent): event is PolicyRecommendedEvent;

/** Whether its type is 'WORKFLOW_COMPLETED'. */
export declare function isWorkflowCompleted(event: PushEvent): event is WorkflowCompletedEvent;

/** Whether its type is 'WORKFLOW_ERROR'. */
export declare function isWorkflowError(event: PushEvent): event is WorkflowErrorEvent;
