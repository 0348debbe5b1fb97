"""DuckDB with a landing attached: extensions, limits, secrets, lock. The only folder that imports duckdb."""
