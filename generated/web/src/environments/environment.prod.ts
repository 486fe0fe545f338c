// Made from topics.yaml by `make synth`: change that, not this.

/**
 * The settings of the environment prod: copy them to the app, and put the outputs of the stack
 * onboard-ai-prod in.
 */
export const environment = {
  production: true,

  /** The stack's output `WebSocketApiEndpoint`. */
  wsEndpoint: 'wss://xxxxx.execute-api.us-east-1.amazonaws.com/prod',

  /** The stack's output `HttpApiEndpoint`. */
  apiEndpoint: 'https://xxxxx.execute-api.us-east-1.amazonaws.com',
};
