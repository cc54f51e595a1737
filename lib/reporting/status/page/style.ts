/** Colours have a contrast of at least 4.5 to what is behind them, in light and dark (WCAG 2.2, 1.4.3). */
export const STYLE = `
:root{color-scheme:light dark;--text:light-dark(#1d2326,#e4e8ea);--soft:light-dark(#566168,#9eabb2);--back:light-dark(#f6f7f7,#14181a);
--card:light-dark(#fff,#1c2225);--line:light-dark(#dde2e4,#30393d);--good:light-dark(#11703c,#5fd08f);--bad:light-dark(#b3261e,#ff9489);
--track:light-dark(#dfe5e7,#333d42);--due:light-dark(#f0c36a,#8a6a1f);--lived:light-dark(#3d7f9c,#68b2d3);--link:light-dark(#1f6182,#8cc8e2)}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;font:.9375rem/1.45 system-ui,sans-serif;color:var(--text);background:var(--back);container-type:inline-size}
header,main{max-width:1600px;margin:0 auto;padding:0 1.5rem}
header{padding-top:1.75rem}
h1{margin:0;font-size:1.625rem;line-height:1.25;letter-spacing:-.01em;overflow-wrap:anywhere}
p{margin:0}
header>p{color:var(--soft);overflow-wrap:anywhere}
#old,header>.deaf{color:var(--bad)}
form{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;margin:1.25rem 0 .875rem}
label{max-width:100%}
input[type=search]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:6px;padding:.4375rem .625rem;width:21rem;max-width:100%;margin-left:.375rem}
::placeholder{color:var(--soft);opacity:1}
input[type=checkbox]{width:1.0625rem;height:1.0625rem;vertical-align:-3px;margin:0 .25rem 0 0;accent-color:var(--lived)}
:focus-visible{outline:2px solid var(--lived);outline-offset:2px}
output{color:var(--soft)}
a{color:var(--link)}
a:not([href]){color:inherit}
nav{margin-bottom:.875rem}
nav a,#all a{display:inline-block;min-height:1.5rem;margin-left:.75rem}
#elsewhere{margin-bottom:.875rem;overflow-wrap:anywhere}
#alone{color:var(--bad);margin-bottom:.875rem}
#all{margin-bottom:2.5rem}
pre{margin:0 .75rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
.key{font-size:.8125rem;margin-bottom:.875rem}
.key svg{display:inline-block;width:90px;margin:0 6px 0 0;vertical-align:-1px}
table{width:100%;table-layout:fixed;border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:8px;margin-bottom:2.5rem}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;vertical-align:top;padding:.6875rem .875rem;border-top:1px solid var(--line);font-weight:400;overflow-wrap:anywhere}
td:empty::before{content:'–'}
thead th{position:sticky;top:0;background:var(--card);color:var(--soft);font-size:.8125rem;border-top:0;box-shadow:0 1px var(--line);z-index:1}
thead th:nth-child(1){width:16%}
thead th:nth-child(2){width:30%}
thead th:nth-child(3){width:20%}
thead th:nth-child(4){width:17%}
tbody th{font-weight:600}
td p,th p,li{font-size:.8125rem;font-weight:400;color:var(--soft)}
ul{margin:0;padding:0;list-style:none}
td b{font-weight:600}
td:nth-child(2) b{display:inline-block;padding:1px .5625rem;border-radius:9px;border:1px solid;color:var(--soft);font-size:.8125rem;margin-bottom:3px}
.ok td:nth-child(2) b{color:var(--good)}
.bad td:nth-child(2) b{color:var(--card);background:var(--bad);border-color:var(--bad)}
.bad td:nth-child(2) p{color:var(--text)}
.bad{box-shadow:inset 4px 0 var(--bad)}
.run{margin-top:.375rem}
code{font:.75rem/1.5 ui-monospace,monospace;background:var(--back);border:1px solid var(--line);border-radius:4px;padding:1px .375rem;user-select:all;box-decoration-break:clone}
button{font:inherit;color:inherit;background:none;border:1px solid var(--soft);border-radius:4px;padding:0 .5rem;margin-left:.375rem;min-height:1.5rem}
.x{color:var(--bad)}
td p b{color:var(--text)}
svg{display:block;width:100%;height:9px;border-radius:3px;background:var(--track);margin:5px 0 6px}
rect{height:9px}
.d{width:100%;fill:var(--due)}
.n{fill:var(--lived);height:5px;y:2px}
@container(max-width:66rem){
header,main{padding-left:.875rem;padding-right:.875rem}
table,tbody{display:block;background:none;border:0}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{display:grid;grid-template-columns:1fr 1fr;background:var(--card);border:1px solid var(--line);border-radius:8px;margin-bottom:.75rem;padding:.5rem .125rem}
tbody th,tbody td{display:block;border:0;padding:.3125rem .875rem;min-width:0}
tbody th,td:nth-child(2),td:nth-child(3){grid-column:1/-1}
td:empty{display:none!important}
}
@container(max-width:30rem){
tbody tr{display:block}
form label:first-child{width:100%}
input[type=search]{display:block;width:100%;margin:.25rem 0 0}
}
@media print{form,nav a,#all,.key,button{display:none}thead th{position:static}}
`;
