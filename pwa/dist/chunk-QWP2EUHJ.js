var n=document.documentElement.lang==="en",t=e=>n?e.en:e.ja;export{t as a};
