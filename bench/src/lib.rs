//! Benchmarks live in `benches/`; peers in `peers/`.
