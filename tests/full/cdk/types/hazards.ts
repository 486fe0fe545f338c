// Names that mean something to JavaScript are names like any other.

import { App, Stack } from 'aws-cdk-lib';
import { Hazards } from 'hazards-cdk';

const platform = new Hazards(new Stack(new App(), 'own'), 'Platform', { environment: 'dev' });
platform.functions.then.functionArn;
platform.functions.constructor.functionArn;
platform.functions.token.functionArn;
platform.topics['orders.placed.v2'].topicName;
platform.resources.topics.thing.partitionCount;
platform.tables.things.tableName;
// @ts-expect-error no such function
platform.functions.toString.functionArn;
