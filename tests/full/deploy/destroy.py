"""Nothing is left."""

from world import inventory


def asks(world):
    """destroy says what is lost, and asks"""
    world.ops("destroy").must(4, "users-dev", "nobody is there to say yes")
    world.same("the stack", "UPDATE_COMPLETE", world.status())


def destroyed(world):
    """destroy, with throttled and dropped calls, leaves nothing"""
    world.proxy.inject("DeleteStack", "lost")
    world.proxy.inject("DescribeStackEvents", "throttled")
    ended = world.ops("destroy", "--yes", "onboard-ai-dev").must(0)
    world.same("the stack", True, world.status() in (None, "DELETE_COMPLETE"))
    # The tool's own bucket, which other environments use as well.
    bucket = "onboard-ai-artifacts-123456789012-us-east-1"
    ended.must(0, bucket)
    world.same("what is left", {("AWS::S3::Bucket", bucket)}, inventory(world.emulator) - world.before)
    world.ops("status").must(5)
    world.empty(bucket)


SCENARIOS = [asks, destroyed]
