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

/** Whether its type is 'USER_INFO_SUBMITTED'. */
export function isUserInfoSubmitted(event) {
  return event.type === 'USER_INFO_SUBMITTED';
}

/** Whether its type is 'DOCUMENTS_PROCESSED'. */
export function isDocumentsProcessed(event) {
  return event.type === 'DOCUMENTS_PROCESSED';
}

/** Whether its type is 'KYC_VERIFIED'. */
export function isKycVerified(event) {
  return event.type === 'KYC_VERIFIED';
}

/** Whether its type is 'POLICY_RECOMMENDED'. */
export function isPolicyRecommended(event) {
  return event.type === 'POLICY_RECOMMENDED';
}

/** Whether its type is 'WORKFLOW_COMPLETED'. */
export function isWorkflowCompleted(event) {
  return event.type === 'WORKFLOW_COMPLETED';
}

/** Whether its type is 'WORKFLOW_ERROR'. */
export function isWorkflowError(event) {
  return event.type === 'WORKFLOW_ERROR';
}
