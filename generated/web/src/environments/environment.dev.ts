// Made from topics.yaml by `make synth`: change that, not this.

/**
 * The settings of the environment dev: copy them to the app, and put the outputs of the stack
 * onboard-ai-dev in.
 */
export const environment = {
  production: false,

  /** The stack's output `WebSocketApiEndpoint`. */
  wsEndpoint: 'wss://xxxxx.execute-api.us-east-1.amazonaws.com/dev',

  /** The stack's output `HttpApiEndpoint`. */
  apiEndpoint: 'https://xxxxx.execute-api.us-east-1.amazonaws.com',
};
