var t=document.documentElement.lang==="en",r=(n,e)=>t?e:n,c=n=>r(n.ja,n.en);export{r as a,c as b};
