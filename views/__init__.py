"""The screens of the app, one file each: the only code that knows Streamlit."""
