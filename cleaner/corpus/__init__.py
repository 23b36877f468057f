"""
START HERE for collections: the plan by which very many texts are compared by what they say alone, on any engine.

    rows -> prepared -> originals -> sketches -> candidates -> verified -> judged -> stars -> tables
    rows    steps.prepare  fold      steps.sketch  bands     steps.verify  steps.judge  stars   tables

- A *row* is one text of a table, file or feed, or one paragraph of it. Which comes first is told by its own rank and by nothing else,
  so no result depends on the order in which rows arrive.
- Rows with one key are folded first: the first of them, the *original*, speaks for all, so a million equal rows cost no more than one.
- Originals that share a band of their signatures are candidates. Where very many share one, each is held against the first few and
  against those that share the next band, too: work grows with the rows.
- Each candidate is verified on the full texts (Jaccard similarity of word triples), and the fact guard reads what differs. A copy
  whose facts differ is told and never left out.
- Stars, not chains: a text that matches an original joins it; each one was held against the original that it names.

`steps` has the functions, pure and by batches; what is in `cleaner.engines` moves the rows: in this process (`memory`), through an embedded
database larger than memory (`duckdb`), over a cluster (`spark`). Each gives the same tables for the same rows.
"""
