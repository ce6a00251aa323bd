"""Moving and sharing matters between counties: proposed, answered by the other side, overridden by the city.

`proposing` and `ruling` hold the acts, `effect` what they do to the matter, `waiting` a proposal's ask and clock,
`reading` who may read what is proposed, `consent` whose units a shared matter lets an officer order.
"""
