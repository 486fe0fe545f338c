// Made from topics.yaml by `make synth`: change that, not this.

/** The events of onboard-ai, and what its HTTP API takes. */

/** The types of all events. */
export const EVENT_TYPES = [
  'USER_INFO_SUBMITTED',
  'DOCUMENTS_PROCESSED',
  'KYC_VERIFIED',
  'POLICY_RECOMMENDED',
  'WORKFLOW_COMPLETED',
  'WORKFLOW_ERROR',
];

/** Whether this client knows the event: a younger server may send others. */
export function isOnboardAiEvent(event) {
  const types = EVENT_TYPES;
  return types.includes(event.type);
}

/** Whether it is a 'USER_INFO_SUBMITTED' event. */
export function isUserInfoSubmitted(event) {
  return event.type === 'USER_INFO_SUBMITTED';
}

/** Whether it is a 'DOCUMENTS_PROCESSED' event. */
export function isDocumentsProcessed(event) {
  return event.type === 'DOCUMENTS_PROCESSED';
}

/** Whether it is a 'KYC_VERIFIED' event. */
export function isKycVerified(event) {
  return event.type === 'KYC_VERIFIED';
}

/** Whether it is a 'POLICY_RECOMMENDED' event. */
export function isPolicyRecommended(event) {
  return event.type === 'POLICY_RECOMMENDED';
}

/** Whether it is a 'WORKFLOW_COMPLETED' event. */
export function isWorkflowCompleted(event) {
  return event.type === 'WORKFLOW_COMPLETED';
}

/** Whether it is a 'WORKFLOW_ERROR' event. */
export function isWorkflowError(event) {
  return event.type === 'WORKFLOW_ERROR';
}
