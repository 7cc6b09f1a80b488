var r=(e="")=>e.normalize("NFKC");export{r as a};
