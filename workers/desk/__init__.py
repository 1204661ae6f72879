"""The desk: what marsad shows and takes in over HTTP. /healthz, /metrics, and what hubs push (WebSub)."""
