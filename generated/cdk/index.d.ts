// Made from topics.yaml by `make synth`: change that, not this.

import {
  aws_apigatewayv2 as apigatewayv2,
  aws_dynamodb as dynamodb,
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_msk as msk,
  aws_secretsmanager as secretsmanager,
  aws_sns as sns,
  cloudformation_include as include,
} from 'aws-cdk-lib';
import * as constructs from 'constructs';

/** The manifest's environments. */
export type OnboardAiEnvironment =
  | "dev"
  | "staging"
  | "prod";

/** Kafka topics. */
export type OnboardAiTopicName =
  | "user-info-submitted"
  | "documents-processed"
  | "kyc-verified"
  | "policy-recommended"
  | "workflow-completed"
  | "workflow-errors";

/** DynamoDB tables, the runtime's own included; their real names end in the environment's. */
export type OnboardAiTableName =
  | "users"
  | "applications"
  | "kyc-results"
  | "recommendations"
  | "error-logs"
  | "kafka-events"
  | "websocket-connections";

/** Notification channels, which are SNS topics. */
export type OnboardAiChannelName =
  | "email"
  | "support";

/** Lambda functions; their real names start with `onboard-ai-` and end in the environment's. */
export type OnboardAiFunctionName =
  | "websocket-authorizer"
  | "websocket-connect"
  | "websocket-disconnect"
  | "websocket-default"
  | "bootstrap-brokers"
  | "submit-user-info"
  | "process-documents"
  | "perform-kyc"
  | "generate-recommendations"
  | "submit-policy-selection"
  | "consumer-user-info-submitted"
  | "consumer-documents-processed"
  | "consumer-kyc-verified"
  | "consumer-policy-recommended"
  | "consumer-workflow-completed"
  | "consumer-workflow-errors";

/** What the stacks of an environment are told. What is left out stays a parameter of the stack, with its default. */
export interface OnboardAiProps {
  /** Which environment's stacks these are. */
  readonly environment: OnboardAiEnvironment;
  /** The folder `cloudformation` that `make synth` renders. By default the one beside this package, or in its tarball. */
  readonly templates?: string;
  /** A folder of zips as `make build` leaves it: each becomes an asset of the app. Without it they are in the bucket. */
  readonly zips?: string;
  /** Bucket with templates and zips; empty is the one that `cdk bootstrap` made. */
  readonly artifactBucket?: string;
  /** `stack` makes the topics; `outside` takes them as given. */
  readonly topicCreation?: "stack" | "outside";
  /** `create`, or `omit` where the platform has none for Kafka. */
  readonly eventSourceMappings?: "create" | "omit";
  /** `set` the account's role for API logs; `leave` it where another stack has set it. */
  readonly apiGatewayLogs?: "set" | "leave";
  /** Zones of the new network, as `us-east-1a,us-east-1b`; empty takes the first. */
  readonly availabilityZones?: string;
  /** An MSK cluster to use, 3.6 or newer with SCRAM; empty makes one. */
  readonly existingClusterArn?: string;
  /** With an existing cluster: subnets that reach it, Secrets Manager and DynamoDB. */
  readonly existingSubnetIds?: readonly string[];
  /** With an existing cluster: a security group that reaches it on 9096. */
  readonly existingSecurityGroupId?: string;
  /** With an existing cluster: the secret of a SCRAM user associated with it. */
  readonly existingSecretArn?: string;
  /** With an existing cluster: the KMS key of that secret. */
  readonly existingSecretKeyArn?: string;
  /** Keys of the zips of authorizer, connect, disconnect, default, bootstrap-brokers. */
  readonly edgeCode?: readonly string[];
  /** Keys of the zips of user-info-submitted's producer and consumer. */
  readonly userInfoSubmittedTopicCode?: readonly string[];
  /** Keys of the zips of documents-processed's producer and consumer. */
  readonly documentsProcessedTopicCode?: readonly string[];
  /** Keys of the zips of kyc-verified's producer and consumer. */
  readonly kycVerifiedTopicCode?: readonly string[];
  /** Keys of the zips of policy-recommended's producer and consumer. */
  readonly policyRecommendedTopicCode?: readonly string[];
  /** Keys of the zips of workflow-completed's producer and consumer. */
  readonly workflowCompletedTopicCode?: readonly string[];
  /** Keys of the zips of workflow-errors's producer and consumer. */
  readonly workflowErrorsTopicCode?: readonly string[];
}

/** The MSK cluster, the platform's own or the existing one that was named. */
export interface OnboardAiCluster {
  readonly arn: string;
  /** `host:port,...` of the SCRAM listeners. */
  readonly bootstrapBrokers: string;
  /** The user that publishes. */
  readonly producer: OnboardAiUser;
  /** The user that event source mappings read as. */
  readonly consumer: OnboardAiUser;
  /** Reaches the brokers, Secrets Manager and DynamoDB, and nothing else. */
  readonly securityGroup: ec2.ISecurityGroup;
  /**
   * The platform's private subnets, for functions that reach the brokers.
   *
   * @throws where `existingClusterArn` is given: that cluster's VPC is not the platform's.
   */
  readonly vpc: ec2.IVpc;
}

/** A SCRAM user. */
export interface OnboardAiUser {
  readonly username: string;
  /** `{"username": ..., "password": ...}` */
  readonly secret: secretsmanager.ISecret;
}

/** A Kafka topic. */
export interface OnboardAiTopic {
  readonly topicName: OnboardAiTopicName;
  /**
   * Lets a function publish: it may read the producers' SCRAM user, and is told of it in the variables that the
   * platform's own producers have: KAFKA_BROKERS, KAFKA_TOPIC, KAFKA_USERNAME, KAFKA_SECRET_ARN. It must be in the
   * cluster's `vpc`, with its `securityGroup`. Kafka itself knows users and no roles, so this one may write to every
   * topic that the cluster's ACLs let it.
   */
  connectProducer(fn: lambda.Function): iam.Grant;
}

/** The two APIs. */
export interface OnboardAiApis {
  readonly http: apigatewayv2.IHttpApi;
  readonly webSocket: apigatewayv2.IWebSocketApi;
  /** `wss://...` with its stage: where browsers connect. */
  readonly webSocketUrl: string;
  /** Lets someone send to, ask about and close the connections of browsers. */
  grantManageConnections(grantee: iam.IGrantable): iam.Grant;
}

/** The resources themselves, as the templates declare them, to read and to change. */
export interface OnboardAiResources {
  readonly cluster: msk.CfnCluster;
  readonly httpApi: apigatewayv2.CfnApi;
  readonly webSocketApi: apigatewayv2.CfnApi;
  readonly topics: { readonly [name in OnboardAiTopicName]: msk.CfnTopic };
  readonly tables: { readonly [name in OnboardAiTableName]: dynamodb.CfnTable };
  readonly channels: { readonly [name in OnboardAiChannelName]: sns.CfnTopic };
  readonly functions: { readonly [name in OnboardAiFunctionName]: lambda.CfnFunction };
}

/**
 * All stacks of one environment, as nested stacks of the stack that this is made in.
 *
 * Handles are by the manifest's names. Asked for a name that isn't there, they throw and name those that are.
 */
export class OnboardAi extends constructs.Construct {
  constructor(scope: constructs.Construct, id: string, props: OnboardAiProps);
  readonly environment: OnboardAiEnvironment;
  readonly cluster: OnboardAiCluster;
  readonly topics: { readonly [name in OnboardAiTopicName]: OnboardAiTopic };
  /** Grants include the use of the tables' key, through DynamoDB alone. */
  readonly tables: { readonly [name in OnboardAiTableName]: dynamodb.ITable };
  /** Grants include the use of the channels' key, through SNS alone. */
  readonly channels: { readonly [name in OnboardAiChannelName]: sns.ITopic };
  readonly functions: { readonly [name in OnboardAiFunctionName]: lambda.IFunction };
  readonly apis: OnboardAiApis;
  readonly resources: OnboardAiResources;
  /** For whatever has no handle: `include.getNestedStack('Foundation').includedTemplate.getResource('DataKey')`. */
  readonly include: include.CfnInclude;
}
