/** Colours have a contrast of at least 4.5 to what is behind them, in light and dark (WCAG 2.2, 1.4.3). */
export const STYLE = `
:root{color-scheme:light dark;--text:light-dark(#1d2326,#e4e8ea);--soft:light-dark(#566168,#9eabb2);--back:light-dark(#f6f7f7,#14181a);
--card:light-dark(#fff,#1c2225);--line:light-dark(#dde2e4,#30393d);--good:light-dark(#11703c,#5fd08f);--bad:light-dark(#b3261e,#ff9489);
--track:light-dark(#dfe5e7,#333d42);--due:light-dark(#f0c36a,#8a6a1f);--lived:light-dark(#3d7f9c,#68b2d3)}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;font:15px/1.45 system-ui,sans-serif;color:var(--text);background:var(--back)}
header,main{max-width:1500px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
h1{margin:0;font-size:26px;line-height:1.25;letter-spacing:-.01em}
p{margin:0}
header>p{color:var(--soft);overflow-wrap:anywhere}
#old{color:var(--bad)}
form{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;margin:20px 0 14px}
input[type=search]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:6px;padding:7px 10px;width:min(340px,60vw);margin-left:6px}
::placeholder{color:var(--soft);opacity:1}
input[type=checkbox]{width:17px;height:17px;vertical-align:-3px;margin:0 4px 0 0;accent-color:var(--lived)}
:focus-visible{outline:2px solid var(--lived);outline-offset:2px}
output{color:var(--soft)}
.key{font-size:13px;margin-bottom:14px}
.key svg{display:inline-block;width:90px;margin:0 6px 0 0;vertical-align:-1px}
table{width:100%;table-layout:fixed;border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:8px;margin-bottom:40px}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;vertical-align:top;padding:11px 14px;border-top:1px solid var(--line);font-weight:400;overflow-wrap:break-word}
tbody th,td:nth-child(2){overflow-wrap:anywhere}
td:empty::before{content:'–'}
thead th{position:sticky;top:0;background:var(--card);color:var(--soft);font-size:13px;border-top:0;box-shadow:0 1px var(--line);z-index:1}
th:nth-child(1){width:17%}
th:nth-child(2){width:23%}
th:nth-child(3){width:22%}
tbody th{font-weight:600}
td:nth-child(3) p{white-space:nowrap}
li{overflow-wrap:anywhere}
td p,th p,li{font-size:13px;font-weight:400;color:var(--soft)}
ul{margin:0;padding:0;list-style:none}
td b{font-weight:600}
td:nth-child(2) b{display:inline-block;padding:1px 9px;border-radius:9px;border:1px solid;color:var(--soft);font-size:13px;margin-bottom:3px}
.ok td:nth-child(2) b{color:var(--good)}
.bad td:nth-child(2) b{color:var(--card);background:var(--bad);border-color:var(--bad)}
.bad{box-shadow:inset 4px 0 var(--bad)}
.x{color:var(--bad)}
td p b{color:var(--text)}
svg{display:block;width:100%;height:9px;border-radius:3px;background:var(--track);margin:5px 0 6px}
rect{height:9px}
.d{width:100%;fill:var(--due)}
.n{fill:var(--lived);height:5px;y:2px}
@media(max-width:1050px){
header,main{padding-left:14px;padding-right:14px}
table,tbody{display:block;background:none;border:0}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{display:block;background:var(--card);border:1px solid var(--line);border-radius:8px;margin-bottom:12px;padding:8px 2px}
tbody th,tbody td{display:block;width:auto;border:0;padding:5px 14px}
td:empty{display:none!important}
}
@media print{form,.key{display:none}thead th{position:static}}
`;
