"""HTTP without any feature: middleware, operations, problems, bodies, the OpenAPI document."""
