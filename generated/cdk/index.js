// Made from topics.yaml by `make synth`: change that, not this.

'use strict';

const facts = require('./facts.json');
const { platform } = require('./platform.js');

exports.OnboardAi = platform(facts);
