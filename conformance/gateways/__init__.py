"""The subgraph behind the gateways that there are, beside two small subgraphs of others."""
