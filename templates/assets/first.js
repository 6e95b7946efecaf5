(function(d){var t;try{t=localStorage.getItem("theme")}catch(e){}if(t==="light"||t==="dark")d.dataset.theme=t;else if(t)delete d.dataset.theme;d.classList.add("js")})(document.documentElement)
