"""What others might put beside this graph: two small subgraphs that extend its types."""
