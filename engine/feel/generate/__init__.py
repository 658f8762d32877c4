"""Python functions written for expressions.

What the code says of a node is the common case; anything else it hands to the function of `operate`, `access`, `loops`,
`testing` or `invoke` that the interpreter calls too.
"""
