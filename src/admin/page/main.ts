// The page, put together.
document.title = "lb-tcp";
