function i(t){return(e,n={})=>t[e][document.documentElement.lang.startsWith("ja")?0:1].replace(/\{(\w)\}/g,(g,r)=>String(n[r]??""))}export{i as a};
