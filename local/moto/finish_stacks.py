"""Applies the parts of a template that moto's CloudFormation leaves out, after each change to a stack.

Buckets get their versioning, queues their policies, topics their subscriptions, functions what they refer to and what
happens to their failed asynchronous invocations, documents and roles' policies their content as JSON; a stack has its
outputs also after an update by a change set.
"""

import copy
import json
import warnings

from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap, clean_json
from moto.iam.models import ManagedPolicy, iam_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

CHANGES = ("create_stack", "update_stack", "execute_change_set")


def finish_stacks():
    """From now on every change to a stack is finished in this way."""
    keep_retained()
    forget_removed()
    Stack.stack_resources = property(made_resources)
    let_absent_change_sets_be_deleted()
    ManagedPolicy.update_from_cloudformation_json = classmethod(update_managed_policy)
    for name in CHANGES:
        setattr(CloudFormationBackend, name, then_finish(getattr(CloudFormationBackend, name)))
    warnings.filterwarnings("ignore", message="Tried to parse .* not supported by moto")


def let_absent_change_sets_be_deleted():
    """As CloudFormation does; serverless deletes one of its name before it makes another."""
    delete = CloudFormationBackend.delete_change_set

    def delete_if_there(backend, change_set_name):
        names = [name for one in backend.change_sets.values() for name in (one.change_set_id, one.change_set_name)]
        if change_set_name in names:
            delete(backend, change_set_name)

    CloudFormationBackend.delete_change_set = delete_if_there


def update_managed_policy(_, original_resource, cloudformation_json, account_id, **__):
    """Gives the policy another document and leaves it where it is attached; moto forgets a policy that changes."""
    document = json.dumps(cloudformation_json["Properties"]["PolicyDocument"])
    original_resource.versions = [one for one in original_resource.versions if one.is_default]
    if [one.document for one in original_resource.versions] != [document]:
        iam_backends[account_id]["aws"].create_policy_version(original_resource.arn, document, True)
    return original_resource


def made_resources(stack):
    """Those that moto makes: for one that it does not support it has nothing, and fails to describe any."""
    return [resource for resource in stack.resource_map.values() if hasattr(resource, "logical_resource_id")]


def keep_retained():
    """moto knows Retain, and that only of a stack that is deleted."""
    delete = ResourceMap._delete_resource

    def delete_unless_retained(resources, parsed_resource, resource_json):
        if not resource_json.get("DeletionPolicy", "").startswith("Retain"):
            delete(resources, parsed_resource, resource_json)

    ResourceMap._delete_resource = delete_unless_retained


def forget_removed():
    """moto takes a resource that an update removes for one that is there, when a later update has it again."""
    update = ResourceMap.update

    def update_and_forget(resources, template, *args, **kwargs):
        update(resources, template, *args, **kwargs)
        parsed = resources._parsed_resources
        declared = resources._resource_json_map
        for name in [name for name, one in parsed.items() if is_resource(one) and name not in declared]:
            del parsed[name]

    ResourceMap.update = update_and_forget


def is_resource(parsed):
    """And no parameter or pseudo parameter, which are kept among them."""
    return hasattr(parsed, "logical_resource_id")


def then_finish(change):
    def change_and_finish(backend, *args, **kwargs):
        result = change(backend, *args, **kwargs)
        for stack in backend.stacks.values():
            finish(stack)
        return result

    return change_and_finish


def finish(stack):
    if stack.status.endswith("FAILED") or not stack.template:
        return
    stack._parse_template()
    stack.output_map = stack._create_output_map()
    for logical_id, resource in stack.template_dict.get("Resources", {}).items():
        apply = FINISHERS.get(resource["Type"])
        if apply is None or logical_id not in stack.resource_map.resources:
            continue
        properties = clean_json(copy.deepcopy(resource.get("Properties", {})), stack.resource_map)
        apply(stack, logical_id, properties)


def finish_bucket(stack, logical_id, properties):
    versioning = properties.get("VersioningConfiguration")
    if versioning:
        name = stack.resource_map[logical_id].name
        s3_backends[stack.account_id]["aws"].put_bucket_versioning(name, versioning["Status"])


def finish_queue_policy(stack, _, properties):
    backend = sqs_backends[stack.account_id][stack.region_name]
    for url in properties["Queues"]:
        backend.get_queue(url.split("/")[-1]).policy = json.dumps(properties["PolicyDocument"])


def finish_event_invoke_config(stack, _, properties):
    backend = lambda_backends[stack.account_id][stack.region_name]
    config = {"DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}}
    for name in ("MaximumRetryAttempts", "MaximumEventAgeInSeconds"):
        if name in properties:
            config[name] = int(properties[name])
    config["DestinationConfig"] |= properties.get("DestinationConfig", {})
    function = properties["FunctionName"]
    backend.get_function(function).event_invoke_config = []
    backend.put_function_event_invoke_config(function, config)


def finish_role(stack, logical_id, properties):
    # As with documents.
    for policy in properties.get("Policies", []):
        stack.resource_map[logical_id].put_policy(
            policy["PolicyName"], json.dumps(policy["PolicyDocument"])
        )


def finish_document(stack, logical_id, properties):
    # moto answers GetDocument with Python's notation of a content that the template gives as an object.
    if isinstance(properties["Content"], dict):
        stack.resource_map[logical_id].content = json.dumps(properties["Content"])


def finish_function(stack, logical_id, properties):
    # moto updates a function before the document that its environment names, and leaves it with the one of before.
    variables = properties.get("Environment", {}).get("Variables", {})
    stack.resource_map[logical_id].environment_vars = variables


def finish_subscription(stack, _, properties):
    # As one that is confirmed: moto mails nothing, and hands over to queues at once.
    backend = sns_backends[stack.account_id][stack.region_name]
    backend.subscribe(properties["TopicArn"], properties["Endpoint"], properties["Protocol"])


FINISHERS = {
    "AWS::IAM::Role": finish_role,
    "AWS::SSM::Document": finish_document,
    "AWS::S3::Bucket": finish_bucket,
    "AWS::SNS::Subscription": finish_subscription,
    "AWS::SQS::QueuePolicy": finish_queue_policy,
    "AWS::Lambda::Function": finish_function,
    "AWS::Lambda::EventInvokeConfig": finish_event_invoke_config,
}
