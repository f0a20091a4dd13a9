/// The look of the page in light and dark, on wide and narrow windows and on paper. It must hold neither `<` nor `&`, so
/// that the page is well-formed XML.
enum StyleSheet {
  /// The rules.
  static let rules = [colours, text, tables, charts, facts, paper].joined(separator: "\n")

  private static let colours = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --ink: #1d2125; --quiet: #5a636c; --faint: #e3e6ea; --rule: #aab1b8; --tint: #f5f6f8;
      --link: #0b5c9c; --good: #0a6b4a; --bad: #a83a12; --mark: #fbe9a9; --warn: #fff6e0; --warn-rule: #d9a520;
      --c1: #0067a5; --c2: #c8500a; --c3: #00855f; --c4: #b0588d; --c5: #b77f00; --c6: #3c93c9; --c7: #6b6b6b;
      --c8: #7a4fb5;
      --ramp-first: #21306e; --ramp-middle: #8d5a97; --ramp-last: #e08a1e;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --page: #14171a; --ink: #e4e7ea; --quiet: #a2abb4; --faint: #2c3137; --rule: #5c656e; --tint: #1c2024;
        --link: #7dbcf0; --good: #59c79b; --bad: #f0936a; --mark: #5a4a12; --warn: #2b2412; --warn-rule: #b98d1f;
        --c1: #5cb3ee; --c2: #f28c4b; --c3: #3fc79a; --c4: #e59cc6; --c5: #e8b93c; --c6: #9bd3f7; --c7: #b0b0b0;
        --c8: #b69af0;
        --ramp-first: #6f8bff; --ramp-middle: #c58ac4; --ramp-last: #ffc15a;
      }
    }
    """

  private static let text = """
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 2.5rem) 3rem; max-width: 70rem;
      background: var(--page); color: var(--ink);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
      overflow-wrap: break-word;
    }
    h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; }
    h2 { margin: 0 0 0.4rem; font-size: 1.25rem; line-height: 1.3; font-weight: 650; }
    h3 { margin: 0; font-size: 1rem; line-height: 1.4; font-weight: 600; }
    p { margin: 0; }
    .subtitle { margin-top: 0.4rem; color: var(--quiet); font-size: 1.0625rem; }
    nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1.25rem; padding: 0.6rem 0;
      border-block: 1px solid var(--faint); font-size: 0.9375rem; }
    a { color: var(--link); text-underline-offset: 0.15em; }
    nav a { text-decoration: none; }
    a:hover { text-decoration: underline; }
    a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link);
      outline-offset: 2px; }
    .warnings { margin-top: 1.25rem; padding: 0.7rem 1rem; background: var(--warn);
      border-inline-start: 3px solid var(--warn-rule); }
    .warnings ul { margin: 0; padding-inline-start: 1.1rem; }
    main > section { margin-top: 3rem; scroll-margin-top: 1rem; }
    .explanation { max-width: 46rem; margin-bottom: 1rem; color: var(--quiet); }
    .note { margin-top: 0.25rem; color: var(--quiet); font-size: 0.8125rem; }
    footer { margin-top: 3.5rem; padding-top: 0.8rem; border-top: 1px solid var(--faint); color: var(--quiet);
      font-size: 0.8125rem; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    """

  private static let tables = """
    .scroll { overflow-x: auto; position: relative; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    caption { text-align: start; padding-bottom: 0.4rem; font-weight: 600; }
    th { font-weight: 600; }
    .metrics { width: 100%; margin-bottom: 1rem; }
    .metrics th, .metrics td { padding: 0.5rem 0.75rem; vertical-align: top; text-align: end; }
    .metrics thead th { vertical-align: bottom; border-bottom: 1px solid var(--rule); }
    .metrics .column-groups th { text-align: center; border-bottom: 1px solid var(--faint); }
    .metrics .name { text-align: start; padding-inline-start: 0; min-width: 9.5rem; }
    .metrics tbody tr { border-bottom: 1px solid var(--faint); }
    .metrics .group th { text-align: start; padding: 1rem 0 0.3rem; color: var(--quiet); font-size: 0.875rem; }
    .metrics td { white-space: nowrap; }
    .meaning { display: block; max-width: 32rem; color: var(--quiet); font-weight: 400; font-size: 0.8125rem;
      line-height: 1.4; }
    .unit { font-weight: 400; color: var(--quiet); }
    .deviation { color: var(--quiet); font-size: 0.875rem; }
    .difference { display: block; color: var(--quiet); font-size: 0.8125rem; }
    .better { color: var(--good); }
    .worse { color: var(--bad); }
    .best .value { font-weight: 700; }
    .missing { color: var(--quiet); }
    .data { font-size: 0.8125rem; margin-top: 0.4rem; }
    .data th, .data td { padding: 0.15rem 0.9rem 0.15rem 0; text-align: end; white-space: nowrap; }
    .data th:first-child, .data td:first-child { text-align: start; }
    .data thead th { border-bottom: 1px solid var(--rule); }
    details .scroll { max-height: 20rem; overflow: auto; }
    summary { width: fit-content; margin-top: 0.35rem; color: var(--quiet); font-size: 0.8125rem; cursor: pointer; }
    """

  private static let charts = """
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr));
      gap: 2rem 2.5rem; }
    figure { margin: 0; min-width: 0; max-width: 34rem; }
    figcaption p { color: var(--quiet); font-size: 0.875rem; }
    .chart { display: block; width: 100%; height: auto; margin-top: 0.4rem; font-size: 12px; overflow: visible; }
    .chart text { font-variant-numeric: tabular-nums; }
    .tick { fill: var(--quiet); }
    .axis-title { fill: var(--ink); }
    .label { fill: var(--ink); stroke: var(--page); stroke-width: 3px; stroke-linejoin: round;
      paint-order: stroke; }
    .grid { stroke: var(--faint); }
    .axis { stroke: var(--rule); }
    .reference { stroke: var(--quiet); stroke-dasharray: 2 3; }
    .cut { stroke: var(--c); stroke-width: 1.5; stroke-dasharray: 6 3; }
    .area { fill: var(--c); fill-opacity: 0.14; }
    .line { fill: none; stroke: var(--c); stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
    .dashed { stroke-dasharray: 5 4; }
    .point { fill: var(--c); stroke: var(--page); stroke-width: 0.75; }
    .cloud { fill: var(--c); fill-opacity: 0.5; }
    .mean { fill: var(--c); stroke: var(--page); stroke-width: 1.75; }
    .density { fill: var(--c); fill-opacity: 0.22; stroke: var(--c); stroke-width: 1.25; stroke-linejoin: round; }
    .legend { display: flex; flex-wrap: wrap; gap: 0.15rem 1.1rem; margin: 0.3rem 0 0.5rem; padding: 0;
      list-style: none; font-size: 0.875rem; }
    .legend li { display: flex; align-items: center; gap: 0.4rem; }
    .key { width: 22px; height: 12px; flex: none; }
    .ramp { align-items: center; gap: 0.6rem; }
    .gradient { width: 8rem; height: 0.5rem; border-radius: 0.25rem;
      background: linear-gradient(to right in oklab, var(--ramp-first), var(--ramp-middle), var(--ramp-last)); }
    """

  private static let facts = """
    .fact { padding: 0.9rem 0; border-top: 1px solid var(--faint); max-width: 60rem; }
    .fact h3 em { color: var(--link); font-style: normal; }
    .origin { color: var(--quiet); font-size: 0.8125rem; }
    .continuations { margin: 0.4rem 0 0; }
    .continuations > div { display: grid; grid-template-columns: 12rem 1fr; gap: 0.15rem 1.25rem;
      padding: 0.25rem 0; }
    .continuations dt { font-size: 0.8125rem; }
    .continuations dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
    .model { display: block; font-weight: 600; }
    .said { display: block; color: var(--good); }
    .said.not { color: var(--bad); }
    mark { background: var(--mark); color: inherit; padding: 0.05em 0.15em; border-radius: 0.15em; }
    .settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
      gap: 1.75rem 2.5rem; margin-top: 1rem; }
    .settings dl { margin: 0.4rem 0 0; font-size: 0.875rem; }
    .settings dl > div { display: flex; justify-content: space-between; gap: 1.25rem; padding: 0.25rem 0;
      border-top: 1px solid var(--faint); }
    .settings dt { color: var(--quiet); flex: none; max-width: 50%; }
    .settings dd { margin: 0; text-align: end; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    @media (max-width: 40rem) {
      .continuations > div { grid-template-columns: 1fr; padding: 0.4rem 0; }
      .model, .said { display: inline; margin-inline-end: 0.7rem; }
    }
    """

  private static let paper = """
    @page { margin: 15mm; }
    @media print {
      :root { color-scheme: light; }
      body { padding: 0; max-width: none; font-size: 10pt; }
      nav, details { display: none; }
      .figures { grid-template-columns: 1fr 1fr; gap: 1.5rem; }
      .gradient, mark, .warnings { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      figure, .fact, tr, .explanation { break-inside: avoid; }
      h2, h3, .explanation, .legend { break-after: avoid; }
      .scroll { overflow: visible; }
    }
    """
}
