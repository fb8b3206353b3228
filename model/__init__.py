"""The library: data, networks, training and reading of drawings. It knows nothing of Streamlit."""
