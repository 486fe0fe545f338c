// Made from topics.yaml by `make synth`: change that, not this.

/**
 * The settings of the environment staging: copy them to the app, and put the outputs of the stack
 * onboard-ai-staging in.
 */
export const environment = {
  production: false,

  /** The stack's output `WebSocketApiEndpoint`. */
  wsEndpoint: 'wss://xxxxx.execute-api.us-east-1.amazonaws.com/staging',

  /** The stack's output `HttpApiEndpoint`. */
  apiEndpoint: 'https://xxxxx.execute-api.us-east-1.amazonaws.com',
};
