#!/usr/bin/env bash
# The commands of the quick reference against `make dev`, with the real AWS CLI, a Kafka client that is not librdkafka,
# and wscat. Needs Python 3.11 or newer, Node.js 20 or newer and, the first time, PyPI and npm.
# usage: tests/full/aws-cli.sh
#
# LOCAL names a built local run, to be used instead of `make dev`.
set -euo pipefail

name=aws-cli
project=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
. "$project/tests/full/aws-cli/start.sh"
tools
start

# $1 is what must be in what the rest prints.
expect() {
  local wanted=$1 got
  shift
  got=$("$@" 2>&1) || fail "$* failed: $got"
  grep -qF -- "$wanted" <<<"$got" || fail "$*: no '$wanted' in: $got"
  printf -- '-- aws-cli: %s\n' "${*:1:4}"
}
# The same, until it is so.
await() {
  local wanted=$1 got=
  shift
  for _ in $(seq 100); do
    got=$("$@" 2>&1) && grep -qF -- "$wanted" <<<"$got" && return
    sleep 0.2
  done
  fail "$*: never '$wanted', at last: $got"
}

stack=onboard-ai-$ENVIRONMENT
KAFKA=$(aws cloudformation describe-stacks --stack-name "$stack" \
  --query 'Stacks[0].Outputs[?OutputKey==`KafkaBootstrapServers`].OutputValue' --output text)
WS=$(aws cloudformation describe-stacks --stack-name "$stack" \
  --query 'Stacks[0].Outputs[?OutputKey==`WebSocketApiEndpoint`].OutputValue' --output text)
[ "$KAFKA" = "$(address brokers)" ] || fail "the stack's brokers are $KAFKA"
[ "$WS" = "$(address websocket)" ] || fail "the stack's WebSocket is $WS"
expect CREATE_COMPLETE aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus'
expect onboard-ai-websocket aws apigatewayv2 get-apis

submit=onboard-ai-submit-user-info-$ENVIRONMENT
expect '"StatusCode": 200' aws lambda invoke --function-name "$submit" \
  --payload '{"body": "{\"email\":\"test@example.com\",\"firstName\":\"John\"}"}' "$work/response.json"
grep -q '"statusCode":202' "$work/response.json" || fail "the function answered $(cat "$work/response.json")"
customer=$(python3 -c 'import json, sys; print(json.loads(json.load(open(sys.argv[1]))["body"])["customerId"])' \
  "$work/response.json")

# It stays while its input is open.
mkfifo "$work/typed"
wscat -c "$WS?customerId=test-123" <"$work/typed" >"$work/socket" 2>&1 &
exec 9>"$work/typed"
await test-123 aws dynamodb scan --table-name "websocket-connections-$ENVIRONMENT"
expect connectionIds aws dynamodb get-item --table-name "websocket-connections-$ENVIRONMENT" \
  --key '{"customerId":{"S":"test-123"}}'
expect 1 aws dynamodb scan --table-name "websocket-connections-$ENVIRONMENT" --select COUNT --output text
aws lambda invoke --function-name "$submit" --payload \
  '{"body": "{\"customerId\":\"test-123\",\"email\":\"test@example.com\",\"firstName\":\"John\"}"}' \
  "$work/response.json" >"$work/log"
await USER_INFO_SUBMITTED cat "$work/socket"
printf -- '-- aws-cli: wscat: the event arrived\n'

history() {
  aws dynamodb query --table-name "kafka-events-$ENVIRONMENT" --key-condition-expression "customerId = :cid" \
    --expression-attribute-values "{\":cid\":{\"S\":\"$1\"}}"
}
await user-info-submitted history "$customer"
expect '"Count": 1' history "$customer"

python3 "$project/tests/full/aws-cli/topics.py" "$KAFKA" user-info-submitted onboard-ai-consumer-user-info >"$work/kafka" ||
  fail "the Kafka client failed"
for topic in user-info-submitted documents-processed kyc-verified policy-recommended workflow-completed workflow-errors; do
  grep -qx "$topic" "$work/kafka" || fail "the Kafka client sees no $topic"
done
grep -qx 'lag 0' "$work/kafka" || fail "the consumer group lags: $(tail -1 "$work/kafka")"
printf -- '-- aws-cli: topics, a record and the lag with a Kafka client in Python\n'

# What `aws logs tail` asks for; that command itself is in the second AWS CLI alone, which PyPI has not.
await published aws logs filter-log-events --log-group-name "/aws/lambda/$submit" --filter-pattern published
expect '"events": []' aws logs filter-log-events \
  --log-group-name "/aws/lambda/onboard-ai-consumer-user-info-submitted-$ENVIRONMENT" --filter-pattern ERROR
expect "/aws/lambda/$submit" aws logs describe-log-groups \
  --query 'logGroups[?contains(logGroupName, `onboard-ai`)].logGroupName'
expect VpcId aws lambda get-function-configuration --function-name "$submit" --query VpcConfig
cluster=$(aws kafka list-clusters-v2 --query 'ClusterInfoList[0].ClusterArn' --output text)
expect ACTIVE aws kafka describe-cluster --cluster-arn "$cluster" --query ClusterInfo.State
expect 500 aws lambda put-function-concurrency \
  --function-name "onboard-ai-consumer-user-info-submitted-$ENVIRONMENT" --reserved-concurrent-executions 500
expect applications aws dynamodb update-table --table-name "applications-$ENVIRONMENT" --billing-mode PAY_PER_REQUEST
topic=$(aws sns list-topics --query 'Topics[0].TopicArn' --output text)
expect MessageId aws sns publish --topic-arn "$topic" --message hello
expect AmazonMSK aws secretsmanager list-secrets --query 'SecretList[].Name'
if aws ec2 describe-security-groups >"$work/log" 2>&1; then fail "there is no EC2 here"; fi
grep -qi 'ec2' "$work/log" || fail "what is missing isn't named: $(cat "$work/log")"

# The banner's own lines, as a person pastes them; a run where everyone is trusted, and one that wants tokens.
for environment in dev staging; do
  finish
  run --env "$environment"
  seen=
  while IFS= read -r -d $'\036' command; do
    case $command in
    export\ * | KAFKA_BROKERS=*) eval "$command" ;;
    # The second AWS CLI's and librdkafka's: neither PyPI nor npm has them. kafka.sh pastes those of a real Kafka.
    aws\ logs\ tail* | kcat*) ;;
    wscat*)
      rm -f "$work/typed"
      mkfifo "$work/typed"
      (cd "$work" && exec bash -c "$command" <"$work/typed" >"$work/socket" 2>&1) &
      exec 9>"$work/typed"
      await connectionIds aws dynamodb scan --table-name "websocket-connections-$environment"
      exec 9>&-
      ;;
    *)
      got=$(cd "$work" && bash -o pipefail -c "$command" </dev/null 2>"$work/log") || fail "$command: $(cat "$work/log")"
      case $command in
      curl*) wanted=eventId ;;
      printf*) wanted='"statusCode":202' got=$(cat "$work/response.json") ;;
      *' scan '* | *' query '*) wanted='"Count"' ;;
      *filter-log-events*) wanted='"events"' ;;
      *describe-stacks*) wanted=KafkaBootstrapServers ;;
      *' publish '*) wanted=MessageId ;;
      *) wanted=-$environment ;;
      esac
      grep -qF -- "$wanted" <<<"$got" || fail "$command: no '$wanted' in: $got"
      ;;
    esac
    seen="$seen ${command%% *} ${command:0:24}"
  done < <(pasted "$work/out")
  for word in export printf curl wscat kcat 'aws logs filter' 'aws logs tail' \
    'aws dynamodb scan' 'aws dynamodb query' 'aws cloudformation' 'aws sns list' 'aws sns publish'; do
    [[ $seen == *" $word"* ]] || fail "the banner of $environment has no $word"
  done
  printf -- '-- aws-cli: the banner of %s\n' "$environment"
done
echo "-- aws-cli: passed"
