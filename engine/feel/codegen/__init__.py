"""Code generation: Python functions for expressions, with the values of the interpreter. Pure.

Generated code handles the common case of a node; anything else it hands to the function of `operations`, `unary_tests`,
`iteration` or `invocation` that the interpreter calls too.
"""
