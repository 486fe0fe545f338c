// Made from topics.yaml by `make synth`: change that, not this.

'use strict';

const fs = require('node:fs');
const path = require('node:path');
const {
  Fn,
  Stack,
  aws_apigatewayv2: apigatewayv2,
  aws_dynamodb: dynamodb,
  aws_ec2: ec2,
  aws_iam: iam,
  aws_kms: kms,
  aws_lambda: lambda,
  aws_s3_assets: assets,
  aws_secretsmanager: secretsmanager,
  aws_sns: sns,
  cloudformation_include: include,
} = require('aws-cdk-lib');
const { Construct } = require('constructs');

/** What JavaScript, `await`, loggers and test frameworks ask any object for. */
const ASKED_OF_ANYTHING = new Set(['then', 'toJSON', 'constructor', 'inspect', 'asymmetricMatch', 'nodeType']);

const list = (names) => [...names].map((name) => `'${name}'`).join(', ');

/**
 * Handles by name, each made when it is first asked for. A name that isn't there is an error and not `undefined`.
 *
 * @param {string} what what each of them is: `table`
 * @param {string} where whose they are: `onboard-ai`
 * @param {Iterable<[string, () => unknown]>} entries
 */
function named(what, where, entries) {
  const makers = new Map(entries);
  const made = new Map();
  return new Proxy(Object.create(null), {
    get(_, name) {
      if (made.has(name)) return made.get(name);
      const make = makers.get(name);
      if (make) {
        made.set(name, make());
        return made.get(name);
      }
      if (typeof name === 'symbol' || ASKED_OF_ANYTHING.has(name)) return undefined;
      const known = makers.size === 0 ? 'it has none' : `known are ${list(makers.keys())}`;
      throw new Error(`${where} has no ${what} '${name}': ${known}`);
    },
    has: (_, name) => makers.has(name),
    ownKeys: () => [...makers.keys()],
    getOwnPropertyDescriptor(_, name) {
      if (!makers.has(name)) return undefined;
      return { configurable: true, enumerable: true, value: this.get(_, name) };
    },
    set(_, name) {
      throw new Error(`${where}: ${what} '${String(name)}' can't be set`);
    },
  });
}

/** The folder with the templates: the given one, the one beside this package, or the copy in its tarball. */
function templates(facts, given) {
  const folders = given
    ? [path.resolve(given)]
    : [path.join(__dirname, '../cloudformation'), path.join(__dirname, 'cloudformation')];
  const found = folders.find((folder) => fs.existsSync(path.join(folder, facts.template)));
  if (found) return found;
  throw new Error(
    `${facts.app}: there is no ${facts.template} in ${folders.join(' or in ')}: run \`make synth\`, ` +
      'or name the folder in the property `templates`',
  );
}

/** Nested stacks of an environment by logical id: `{ Data: { templateFile } }`. */
function nestedStacks(facts, folder, environment) {
  const stacks = Object.entries(facts.stacks).map(([id, file]) => {
    return [id, { templateFile: path.join(folder, environment, `${file}.template.json`) }];
  });
  return Object.fromEntries(stacks);
}

/** What the properties say of the template's parameters, by their names in it. */
function parameters(facts, props) {
  const { environment, templates: _, zips, ...given } = props;
  const known = new Map(facts.parameters.map((parameter) => [parameter.property, parameter]));
  const values = {};
  for (const [property, value] of Object.entries(given)) {
    const parameter = known.get(property);
    if (!parameter) {
      const all = list(['environment', 'templates', 'zips', ...known.keys()]);
      throw new Error(`${facts.app} has no property '${property}': known are ${all}`);
    }
    if (value === undefined) continue;
    if (parameter.list !== Array.isArray(value)) {
      const wanted = parameter.list ? 'an array of strings' : 'a string';
      throw new Error(`${facts.app}: property '${property}' must be ${wanted}`);
    }
    if (parameter.allowed.length > 0 && !parameter.allowed.includes(value)) {
      throw new Error(`${facts.app}: property '${property}' can't be '${value}': known are ${list(parameter.allowed)}`);
    }
    values[parameter.name] = value;
  }
  return values;
}

/** Every zip of a folder as an asset of the app: where the functions' code is. */
function code(scope, facts, folder) {
  const values = {};
  for (const [parameter, functions] of Object.entries(facts.code)) {
    values[parameter] = functions.map((name) => {
      if (name === null) return 'none';
      const zip = new assets.Asset(scope, `zip-${name}`, { path: path.resolve(folder, `${name}.zip`) });
      values.ArtifactBucket = zip.s3BucketName;
      return zip.s3ObjectKey;
    });
  }
  return values;
}

/** A key whose grants hold through one service alone (`dynamodb`), as those of the platform's own functions do. */
function onlyThrough(service, key) {
  const through = `${service}.${Stack.of(key).region}.amazonaws.com`;
  key.grant = (grantee, ...actions) =>
    iam.Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': through } },
    });
  return key;
}

/** The class for an app. `facts` is what `facts.json` knows of it; `index.d.ts` tells what the class offers. */
exports.platform = (facts) =>
  class Platform extends Construct {
    constructor(scope, id, props) {
      super(scope, id);
      const { environment } = props ?? {};
      if (!facts.environments.some(({ name }) => name === environment)) {
        const known = list(facts.environments.map(({ name }) => name));
        throw new Error(`${facts.app} has no environment '${environment}': known are ${known}`);
      }
      this.environment = environment;
      const given = parameters(facts, props);
      const folder = templates(facts, props.templates);
      this.include = new include.CfnInclude(this, 'Include', {
        templateFile: path.join(folder, facts.template),
        loadNestedStacks: nestedStacks(facts, folder, environment),
        parameters: { ...(props.zips && code(this, facts, props.zips)), ...given },
      });
      // The nested templates are this environment's, so the root may be no other's.
      const chosen = this.include.getParameter('Environment');
      chosen.default = environment;
      chosen.allowedValues = [environment];
      for (const stack of Object.keys(facts.stacks)) {
        // CfnInclude leaves out the tags of nested stacks.
        const { tags } = this.#nested(stack).stack.nestedStackResource;
        tags.setTag('Application', facts.app);
        tags.setTag('Environment', chosen.valueAsString);
      }
      this.resources = this.#resources();
      this.tables = this.#tables();
      this.channels = this.#channels();
      this.functions = this.#functions();
      this.apis = this.#apis();
      this.cluster = this.#cluster(given);
      this.topics = this.#topics();
    }

    #nested(stack) {
      return this.include.getNestedStack(stack);
    }

    #resource({ stack, id }) {
      return this.#nested(stack).includedTemplate.getResource(id);
    }

    /** A nested stack's own output, so that its template stays as it is. */
    #output(stack, name) {
      return this.#nested(stack).stack.nestedStackResource.getAtt(`Outputs.${name}`).toString();
    }

    /** Handles, each made with an id of its own: constructs can't have ids that every object has, `constructor` say. */
    #named(what, facts_, make) {
      return named(
        what,
        facts.app,
        facts_.map((fact) => [fact.name, () => make(fact, `${what}-${fact.name}`)]),
      );
    }

    #resources() {
      const all = (what, facts_) =>
        named(
          what,
          facts.app,
          facts_.map((fact) => [fact.name, () => this.#resource(fact)]),
        );
      return {
        cluster: this.#resource({ stack: 'Foundation', id: 'Cluster' }),
        httpApi: this.#resource({ stack: 'Edge', id: 'HttpApi' }),
        webSocketApi: this.#resource({ stack: 'Edge', id: 'WebSocketApi' }),
        topics: all('topic', facts.topics),
        tables: all('table', facts.tables),
        channels: all('channel', facts.channels),
        functions: all('function', facts.functions),
      };
    }

    #tables() {
      const dataKey = this.#output('Foundation', 'DataKeyArn');
      return this.#named('table', facts.tables, ({ output, indexes }, id) =>
        dynamodb.Table.fromTableAttributes(this, id, {
          tableArn: this.#output('Data', output),
          encryptionKey: onlyThrough('dynamodb', kms.Key.fromKeyArn(this, `${id}-key`, dataKey)),
          globalIndexes: indexes,
        }),
      );
    }

    #channels() {
      const keyArn = this.#output('Foundation', 'DataKeyArn');
      return this.#named('channel', facts.channels, ({ output }, id) => {
        const topicArn = this.#output('Foundation', output);
        const channel = sns.Topic.fromTopicAttributes(this, id, { topicArn, keyArn });
        onlyThrough('sns', channel.masterKey);
        return channel;
      });
    }

    #functions() {
      return this.#named('function', facts.functions, (fact, id) =>
        lambda.Function.fromFunctionAttributes(this, id, {
          functionArn: this.#resource(fact).attrArn,
          sameEnvironment: true,
        }),
      );
    }

    #apis() {
      const scope = new Construct(this, 'Apis');
      return {
        http: apigatewayv2.HttpApi.fromHttpApiAttributes(scope, 'Http', {
          httpApiId: this.#output('Edge', 'HttpApiId'),
          apiEndpoint: this.#output('Edge', 'HttpApiEndpoint'),
        }),
        webSocket: apigatewayv2.WebSocketApi.fromWebSocketApiAttributes(scope, 'WebSocket', {
          webSocketId: this.resources.webSocketApi.attrApiId,
          apiEndpoint: this.resources.webSocketApi.attrApiEndpoint,
        }),
        webSocketUrl: this.#output('Edge', 'WebSocketApiEndpoint'),
        grantManageConnections: (grantee) =>
          iam.Grant.addToPrincipal({
            grantee,
            actions: ['execute-api:ManageConnections'],
            resourceArns: [this.#output('Edge', 'WebSocketConnectionsArn')],
          }),
      };
    }

    #cluster(given) {
      const scope = new Construct(this, 'Kafka');
      const foundation = (name) => this.#output('Foundation', name);
      const user = (id, username, output) => {
        const keyArn = foundation('CredentialsKeyArn');
        const encryptionKey = onlyThrough('secretsmanager', kms.Key.fromKeyArn(scope, `${id}Key`, keyArn));
        const secretCompleteArn = foundation(output);
        const secret = secretsmanager.Secret.fromSecretAttributes(scope, id, { secretCompleteArn, encryptionKey });
        // The grant of a secret that was made elsewhere leaves its key out.
        const read = secret.grantRead.bind(secret);
        secret.grantRead = (grantee, stages) =>
          read(grantee, stages).combine(encryptionKey.grant(grantee, 'kms:Decrypt'));
        return { username, secret };
      };
      const cluster = {
        arn: foundation('ClusterArn'),
        bootstrapBrokers: foundation('BootstrapBrokers'),
        producer: user('Producer', facts.users.producer, 'ProducerSecretArn'),
        consumer: user('Consumer', facts.users.consumer, 'ConsumerSecretArn'),
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(
          scope,
          'SecurityGroup',
          foundation('FunctionSecurityGroupId'),
          { mutable: false },
        ),
      };
      let vpc;
      Object.defineProperty(cluster, 'vpc', { enumerable: false, get: () => (vpc ??= this.#vpc(scope, given)) });
      return cluster;
    }

    #vpc(scope, given) {
      if (given.ExistingClusterArn) {
        throw new Error(
          `${facts.app}: the VPC of an existing cluster is not the platform's: take it from where you took ` +
            '`existingClusterArn`, or from `ec2.Vpc.fromLookup`',
        );
      }
      const { zones } = facts.environments.find(({ name }) => name === this.environment);
      const each = (make) => Array.from({ length: zones }, (_, zone) => make(zone));
      const subnets = Fn.split(',', this.#output('Foundation', 'SubnetIds'), zones);
      const first = given.AvailabilityZones ? Fn.split(',', given.AvailabilityZones, zones) : Fn.getAzs();
      const routes = this.#resource({ stack: 'Foundation', id: 'RouteTable' }).attrRouteTableId;
      return ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: this.#resource({ stack: 'Foundation', id: 'Vpc' }).attrVpcId,
        availabilityZones: each((zone) => Fn.select(zone, first)),
        isolatedSubnetIds: subnets,
        isolatedSubnetRouteTableIds: each(() => routes),
      });
    }

    #topics() {
      const { cluster } = this;
      return named(
        'topic',
        facts.app,
        facts.topics.map(({ name }) => [
          name,
          () => ({
            topicName: name,
            connectProducer(fn) {
              fn.addEnvironment('KAFKA_BROKERS', cluster.bootstrapBrokers);
              fn.addEnvironment('KAFKA_TOPIC', name);
              fn.addEnvironment('KAFKA_USERNAME', cluster.producer.username);
              fn.addEnvironment('KAFKA_SECRET_ARN', cluster.producer.secret.secretArn);
              return cluster.producer.secret.grantRead(fn);
            },
          }),
        ]),
      );
    }
  };
